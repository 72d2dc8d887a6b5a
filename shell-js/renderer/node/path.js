// `path` of a page: the functions for POSIX paths. Those for Windows are asked of the page's Node context.

function check(value, name) {
  if (typeof value === 'string') return;
  const received = value === null || value === undefined ? String(value) : `type ${typeof value}`;
  throw Object.assign(new TypeError(`The "${name}" argument must be of type string. Received ${received}`), { code: 'ERR_INVALID_ARG_TYPE' });
}

// Without `.`, `..` where it can be, and doubled separators.
function squeeze(path, absolute) {
  const kept = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') kept.push(part);
    else if (kept.length > 0 && kept[kept.length - 1] !== '..') kept.pop();
    else if (!absolute) kept.push('..');
  }
  return kept.join('/');
}

/**
 * @param {() => string} cwd
 * @returns {any}
 */
export function createPath(cwd) {
  const path = {
    sep: '/',
    delimiter: ':',
    resolve(...parts) {
      let resolved = '';
      let absolute = false;
      for (let i = parts.length - 1; i >= -1 && !absolute; i--) {
        const part = i >= 0 ? parts[i] : cwd();
        if (i >= 0) check(part, `paths[${i}]`);
        if (part === '') continue;
        resolved = `${part}/${resolved}`;
        absolute = part[0] === '/';
      }
      resolved = squeeze(resolved, absolute);
      if (absolute) return `/${resolved}`;
      return resolved === '' ? '.' : resolved;
    },
    normalize(value) {
      check(value, 'path');
      if (value === '') return '.';
      const absolute = value[0] === '/';
      let result = squeeze(value, absolute);
      if (result === '' && !absolute) result = '.';
      if (result !== '' && value.endsWith('/')) result += '/';
      return absolute ? `/${result}` : result;
    },
    isAbsolute(value) {
      check(value, 'path');
      return value[0] === '/';
    },
    join(...parts) {
      let joined = '';
      for (const part of parts) {
        check(part, 'path');
        if (part !== '') joined = joined === '' ? part : `${joined}/${part}`;
      }
      return joined === '' ? '.' : path.normalize(joined);
    },
    relative(from, to) {
      check(from, 'from');
      check(to, 'to');
      if (from === to) return '';
      const start = path.resolve(from).split('/').filter(Boolean);
      const end = path.resolve(to).split('/').filter(Boolean);
      let common = 0;
      while (common < start.length && common < end.length && start[common] === end[common]) common++;
      return [...start.slice(common).fill('..'), ...end.slice(common)].join('/');
    },
    toNamespacedPath: (value) => value,
    dirname(value) {
      check(value, 'path');
      if (value === '') return '.';
      const trimmed = value.replace(/\/+$/, '');
      if (trimmed === '') return '/';
      const index = trimmed.lastIndexOf('/');
      if (index < 0) return '.';
      const folder = trimmed.slice(0, index).replace(/\/+$/, '');
      // Node keeps two leading separators and makes one of more.
      if (folder !== '') return folder;
      return index === 1 ? '//' : '/';
    },
    basename(value, suffix) {
      check(value, 'path');
      if (suffix !== undefined) check(suffix, 'suffix');
      const trimmed = value.replace(/\/+$/, '');
      const base = trimmed.slice(trimmed.lastIndexOf('/') + 1);
      return suffix !== undefined && base !== suffix && base.endsWith(suffix) ? base.slice(0, base.length - suffix.length) : base;
    },
    extname(value) {
      const base = path.basename(value);
      const index = base.lastIndexOf('.');
      return index <= 0 || base === '..' ? '' : base.slice(index);
    },
    format(parts) {
      if (typeof parts !== 'object' || parts === null) check(parts, 'pathObject');
      const folder = parts.dir || parts.root;
      const extension = parts.ext ? (parts.ext[0] === '.' ? parts.ext : `.${parts.ext}`) : '';
      const base = parts.base || `${parts.name || ''}${extension}`;
      if (!folder) return base;
      return folder === parts.root ? `${folder}${base}` : `${folder}/${base}`;
    },
    parse(value) {
      check(value, 'path');
      const root = value[0] === '/' ? '/' : '';
      const base = path.basename(value);
      const ext = path.extname(value);
      const trimmed = value.replace(/\/+$/, '');
      const index = trimmed.lastIndexOf('/');
      const dir = base === '' ? root : index > 0 ? trimmed.slice(0, index) : index === 0 ? '/' : '';
      return { root, dir, base, ext, name: ext === '' ? base : base.slice(0, base.length - ext.length) };
    },
    matchesGlob: (value, pattern) => path.remote().matchesGlob(value, pattern)
  };
  return path;
}
