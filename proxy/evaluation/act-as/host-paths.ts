import { posix } from 'node:path';
import { type Fields, listAt, textAt } from '../fields.ts';

/**
 * What a pod may read of its node and be no more than it was: what every image has of its own anyway. None of it can be
 * written by anybody but root there, so no symbolic link leads on from it. Nothing else is harmless: logs are read by the
 * kubelet's own log server through any link, and what a folder of data holds nobody can tell from its name.
 */
const READ_ONLY = [
  '/etc/hostname',
  '/etc/localtime',
  '/etc/machine-id',
  '/etc/os-release',
  '/etc/resolv.conf',
  '/etc/ssl/certs',
  '/etc/timezone',
  '/usr/lib/os-release',
  '/usr/share/ca-certificates',
  '/usr/share/zoneinfo',
];
/** Devices that keep nothing and lead nowhere. */
const DEVICES = new Set(['/dev/full', '/dev/null', '/dev/random', '/dev/urandom', '/dev/zero']);
/** Types that make nothing on the node where nothing is there. */
const MAKES_NOTHING = new Set(['', 'File', 'Directory', 'CharDevice']);

/**
 * True for a `hostPath` that gives nothing of the node.
 * @param volume the volume of a pod, by its name.
 * @param mounts every mount of the object that has the volume.
 */
export function isHarmless(volume: Fields, mounts: readonly Fields[]): boolean {
  const path = textAt(volume, 'hostPath', 'path');
  if (!path.startsWith('/') || path.split('/').includes('..')) return false;
  if (!MAKES_NOTHING.has(textAt(volume, 'hostPath', 'type'))) return false;
  const normal = posix.normalize(path).replace(/(?<=.)\/$/, '');
  if (DEVICES.has(normal)) return true;
  if (!READ_ONLY.some((known) => normal === known || normal.startsWith(`${known}/`))) return false;
  const own = mounts.filter((mount) => textAt(mount, 'name') === textAt(volume, 'name'));
  return own.length > 0 && own.every((mount) => mount['readOnly'] === true);
}

/** The mounts that an object of the containers' shape has. */
export function mountsIn(fields: Fields): Fields[] {
  return listAt(fields, 'volumeMounts').filter((mount): mount is Fields => typeof mount === 'object' && mount !== null);
}
