import { isNamed, roomOf } from './floor-plan.mjs';

/**
 * @typedef {import('./floor-plan.mjs').FloorPlan} FloorPlan
 * @typedef {import('./floor-plan.mjs').Room} Room
 * @typedef {import('./read-imports.mjs').Import & { target: string | null }} Resolved `target`: the file of ours that it means
 *
 * @typedef {object} Breach
 * @property {string} where `file:line`
 * @property {string} from the file or the room that is at fault
 * @property {string} to what it may not have
 * @property {string} text which rule is broken
 * @property {string} mend
 */

/**
 * What the plan says of a room that is not so.
 * @param {FloorPlan} plan
 * @param {Room} room
 * @param {readonly string[]} files
 * @param {readonly Resolved[]} imports
 * @returns {Breach[]}
 */
export function findUntrue(plan, room, files, imports) {
  const own = files.filter((file) => roomOf(plan, file) === room);
  const breach = (/** @type {string} */ to, /** @type {string} */ text, /** @type {string} */ mend) => {
    return { where: `walls.yaml:${room.line}`, from: room.name, to, text, mend };
  };
  const gone = 'take it out of walls.yaml';
  if (own.length === 0) return [breach(room.name, `${room.name} is not there`, gone)];
  const outgoing = imports.filter(({ file }) => own.includes(file));
  const incoming = imports.filter(({ target, file }) => own.includes(target ?? '') && !own.includes(file));
  const breaches = [];
  for (const used of room.uses === 'everything' ? [] : room.uses) {
    const to = plan.rooms.get(used) ?? (files.includes(used) ? roomOf(plan, used) : undefined);
    if (!to) breaches.push(breach(used, `${room.name} uses ${used}, which is not there`, gone));
    else if (to.floor >= room.floor)
      breaches.push(
        breach(used, `${room.name} uses ${used}, which does not stand beneath it`, 'rooms stand from the ground up'),
      );
    else if (
      !outgoing.some(({ target }) => target !== null && (target === used || roomOf(plan, target)?.name === used))
    )
      breaches.push(breach(used, `${room.name} uses nothing of ${used}`, gone));
  }
  for (const used of room.packages === 'any' ? [] : room.packages) {
    if (!outgoing.some((one) => one.package === used))
      breaches.push(breach(used, `nothing in ${room.name} imports ${used}`, gone));
  }
  for (const shown of [room.face, room.inner].flatMap((names) => (names === 'all' ? [] : names))) {
    const to = `${room.name}/${shown}`;
    const file = own.find((one) => isNamed(room, shown, one));
    const uses = incoming.filter(({ target }) => target === file);
    // Tests may import everything, so what only they use is no reason for a door.
    if (!file) breaches.push(breach(to, `the face of ${room.name} shows ${shown}, which is no file of it`, gone));
    else if (!uses.some((one) => roomOf(plan, one.file)?.uses !== 'everything'))
      breaches.push(breach(to, `the face of ${room.name} shows ${shown}, which nobody imports`, gone));
  }
  return breaches;
}
