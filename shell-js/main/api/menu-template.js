// The order of a menu template: items are placed by `before`, `after`, `beforeGroupContaining` and `afterGroupContaining`, and
// separators that would stand at an edge or side by side are left out. Groups are the runs of items between separators.

/** @param {any} item */
const isPlainSeparator = (item) =>
  item.type === 'separator' && !item.before && !item.after && !item.beforeGroupContaining && !item.afterGroupContaining;

/** @param {any[]} items */
function splitIntoGroups(items) {
  const groups = [];
  let group = [];
  for (const item of items) {
    if (!isPlainSeparator(item)) {
      group.push(item);
    } else if (group.length > 0) {
      groups.push(group);
      group = [];
    }
  }
  if (group.length > 0) groups.push(group);
  return groups;
}

/** Index of a group other than `own` that holds the item called `id`. */
const otherGroupWith = (groups, id, own) => groups.findIndex((group) => group !== own && group.some((item) => item.id === id));

/**
 * Joins one group to the end of the first group that one of its items wants to stand beside.
 *
 * @param {any[][]} groups changed in place
 * @returns {boolean} whether something was joined
 */
function joinOneGroup(groups) {
  for (const [index, group] of groups.entries()) {
    for (const item of group) {
      for (const id of [...(item.before ?? []), ...(item.after ?? [])]) {
        const target = otherGroupWith(groups, id, group);
        if (target < 0) continue;
        groups[target].push(...group);
        groups.splice(index, 1);
        return true;
      }
    }
  }
  return false;
}

/**
 * Visits what must come first before each index, depth first; a cycle is broken where it closes.
 *
 * @param {number} count
 * @param {Map<number, number[]>} predecessors
 */
function orderIndices(count, predecessors) {
  /** @type {number[]} */
  const ordered = [];
  const visited = new Set();
  const visit = (index) => {
    if (visited.has(index)) return;
    visited.add(index);
    for (const first of predecessors.get(index) ?? []) visit(first);
    ordered.push(index);
  };
  for (let index = 0; index < count; index += 1) visit(index);
  return ordered;
}

/** @param {Map<number, number[]>} map */
function addPredecessor(map, index, first) {
  const list = map.get(index);
  if (list) list.push(first);
  else map.set(index, [first]);
}

function orderGroup(group) {
  const indexOfId = new Map(group.map((item, index) => [item.id, index]));
  const predecessors = new Map();
  for (const [index, item] of group.entries()) {
    for (const id of item.before ?? []) {
      const other = indexOfId.get(id);
      if (other !== undefined) addPredecessor(predecessors, other, index);
    }
    for (const id of item.after ?? []) {
      const other = indexOfId.get(id);
      if (other !== undefined) addPredecessor(predecessors, index, other);
    }
  }
  return orderIndices(group.length, predecessors).map((index) => group[index]);
}

/** A group is placed by the first of its items that names a group which exists. */
function placeGroup(groups, index, predecessors) {
  for (const item of groups[index]) {
    for (const id of item.beforeGroupContaining ?? []) {
      const other = otherGroupWith(groups, id, groups[index]);
      if (other >= 0) return addPredecessor(predecessors, other, index);
    }
    for (const id of item.afterGroupContaining ?? []) {
      const other = otherGroupWith(groups, id, groups[index]);
      if (other >= 0) return addPredecessor(predecessors, index, other);
    }
  }
  return undefined;
}

/**
 * @param {any[]} items of one level of the template
 * @returns {any[]} the items in their places, groups apart by separators
 */
export function sortItems(items) {
  const separators = items.filter(isPlainSeparator);
  const groups = splitIntoGroups(items);
  while (joinOneGroup(groups));
  const ordered = groups.map(orderGroup);
  const predecessors = new Map();
  for (let index = 0; index < ordered.length; index += 1) placeGroup(ordered, index, predecessors);
  const result = [];
  for (const [position, index] of orderIndices(ordered.length, predecessors).entries()) {
    if (position > 0) result.push(separators.shift() ?? { type: 'separator' });
    result.push(...ordered[index]);
  }
  return result;
}

/**
 * Leaves out separators that follow a separator or stand at an edge. An item with `visible: false` always stays: it may be shown later.
 *
 * @param {any[]} items
 */
export function foldSeparators(items) {
  const stays = (item) => item.type !== 'separator' || item.visible === false;
  return items
    .filter((item, index, all) => stays(item) || index === 0 || all[index - 1].type !== 'separator')
    .filter((item, index, all) => stays(item) || (index > 0 && index < all.length - 1));
}
