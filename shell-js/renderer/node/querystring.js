// `querystring` of a page.

const unescape = (text) => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text.replace(/%([0-9a-f]{2})/gi, (_all, digits) => String.fromCharCode(Number.parseInt(digits, 16)));
  }
};
const escape = (value) => encodeURIComponent(typeof value === 'string' ? value : String(value));

function valueText(value) {
  switch (typeof value) {
    case 'string': return value;
    case 'number': return Number.isFinite(value) ? String(value) : '';
    case 'bigint':
    case 'boolean': return String(value);
    default: return '';
  }
}

export const querystring = {
  escape,
  unescape,
  parse(text, separator = '&', equals = '=', options = {}) {
    const result = Object.create(null);
    if (typeof text !== 'string' || text === '') return result;
    const decode = options.decodeURIComponent ?? querystring.unescape;
    const limit = options.maxKeys ?? 1000;
    const parts = text.split(separator);
    for (const part of limit > 0 ? parts.slice(0, limit) : parts) {
      if (part === '') continue;
      const plain = part.replaceAll('+', ' ');
      const index = plain.indexOf(equals);
      const key = decode(index < 0 ? plain : plain.slice(0, index));
      const value = index < 0 ? '' : decode(plain.slice(index + equals.length));
      if (!(key in result)) result[key] = value;
      else if (Array.isArray(result[key])) result[key].push(value);
      else result[key] = [result[key], value];
    }
    return result;
  },
  stringify(object, separator = '&', equals = '=', options = {}) {
    if (typeof object !== 'object' || object === null) return '';
    const encode = options.encodeURIComponent ?? querystring.escape;
    return Object.entries(object)
      .flatMap(([key, value]) => (Array.isArray(value) ? value : [value]).map((item) => `${encode(key)}${equals}${encode(valueText(item))}`))
      .join(separator);
  },
  decode: undefined,
  encode: undefined
};
querystring.decode = querystring.parse;
querystring.encode = querystring.stringify;
