import { posix } from 'node:path';
import { at, type Fields, listAt, textAt } from '../fields.ts';

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

/** How the volumes of an object are mounted, by their names. */
export class Mounts {
  readonly #readOnly = new Set<string>();
  readonly #writable = new Set<string>();

  /** @param fields an object of any shape; those of containers have mounts. */
  add(fields: Fields): void {
    for (const mount of listAt(fields, 'volumeMounts')) {
      (at(mount, 'readOnly') === true ? this.#readOnly : this.#writable).add(textAt(mount, 'name'));
    }
  }

  isReadOnly(volume: string): boolean {
    return this.#readOnly.has(volume) && !this.#writable.has(volume);
  }
}

/** True for a volume whose `hostPath` gives nothing of the node. */
export function isHarmless(volume: Fields, mounts: Mounts): boolean {
  const path = textAt(volume, 'hostPath', 'path');
  if (!path.startsWith('/') || path.split('/').includes('..')) return false;
  if (!MAKES_NOTHING.has(textAt(volume, 'hostPath', 'type'))) return false;
  const normal = posix.normalize(path).replace(/(?<=.)\/$/, '');
  if (DEVICES.has(normal)) return true;
  const isKnown = READ_ONLY.some((known) => normal === known || normal.startsWith(`${known}/`));
  return isKnown && mounts.isReadOnly(textAt(volume, 'name'));
}
