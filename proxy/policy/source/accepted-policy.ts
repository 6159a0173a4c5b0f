import { createHmac, timingSafeEqual } from 'node:crypto';
import { open, readFile, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { withPath } from '../../disk-error.ts';
import { makeFolders } from '../../make-folders.ts';

/** Whole texts by file name. */
export type AcceptedFiles = ReadonlyArray<{ readonly name: string; readonly text: string }>;

/** What is known of the policy that a person accepted last. */
export type AcceptedReading =
  | { readonly kind: 'accepted'; readonly files: AcceptedFiles }
  /** There is no record: a first start, unless something says that there was one. */
  | { readonly kind: 'none'; readonly wasHere: boolean }
  /** There is one that nobody can vouch for. */
  | { readonly kind: 'unsure'; readonly why: string; readonly keyIsLost: boolean };

/** Keeps the contents that a person accepted last, where a change of the policy folder does not reach. */
export interface AcceptedPolicy {
  read(): Promise<AcceptedReading>;
  write(files: AcceptedFiles): Promise<void>;
}

export interface AcceptanceKey {
  readonly key: Uint8Array<ArrayBuffer>;
  /**
   * `made`: at this start, so that there can be no record yet. `launch`: nothing keeps it, so that a record of an earlier
   * launch cannot be told from a forged one.
   */
  readonly origin: 'kept' | 'made' | 'launch';
  /**
   * Writes a key down that was made at this start, right before the first record; returns how to take that back. A key
   * without a record says that there was one (`wasHere`), so a start that failed before must not leave one.
   */
  readonly keep?: () => Promise<() => Promise<void>>;
}

const VERSION = 1;
const stored = z.strictObject({
  v: z.literal(VERSION),
  files: z.array(z.strictObject({ name: z.string(), text: z.string() })),
  seal: z.string().regex(/^[0-9a-f]{64}$/),
});

/** The record of a gateway, in its data folder. */
export function acceptedPolicyIn(dataFolder: string, key: AcceptanceKey): AcceptedPolicy {
  return acceptedPolicyFile(join(dataFolder, 'accepted-policy.json'), key);
}

/**
 * The record as a file, mode 0600, sealed by HMAC-SHA256. The seal tells a forged record where the key is in a keystore;
 * an older record that somebody kept a copy of has a good one.
 */
function acceptedPolicyFile(path: string, { key, origin, keep }: AcceptanceKey): AcceptedPolicy {
  let isKept = keep === undefined;
  const sealOf = (files: AcceptedFiles): string =>
    createHmac('sha256', key)
      .update(`gatehouse accepted policy ${VERSION}\n`)
      .update(JSON.stringify(files.map(({ name, text }) => [name, text])))
      .digest('hex');
  return {
    async read() {
      let text: string;
      try {
        text = await readFile(path, 'utf8');
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code === 'ENOENT') return { kind: 'none', wasHere: origin === 'kept' };
        return { kind: 'unsure', why: `its record ${path} cannot be read (${code})`, keyIsLost: false };
      }
      const record = parsed(text);
      if (record === null) return { kind: 'unsure', why: `its record ${path} is damaged`, keyIsLost: false };
      const [seal, wanted] = [record.seal, sealOf(record.files)].map((hex) => Buffer.from(hex, 'hex'));
      if (seal !== undefined && wanted !== undefined && timingSafeEqual(seal, wanted)) {
        return { kind: 'accepted', files: record.files };
      }
      if (origin === 'launch') {
        return { kind: 'unsure', why: 'no safe key store keeps the key that vouches for its record', keyIsLost: true };
      }
      return {
        kind: 'unsure',
        why: `the seal of its record ${path} is not by the key of this gateway`,
        keyIsLost: false,
      };
    },
    async write(files) {
      await makeFolders(dirname(path));
      const takeBack = isKept ? null : await keep?.();
      try {
        await writeWhole(path, `${JSON.stringify({ v: VERSION, files, seal: sealOf(files) })}\n`);
        isKept = true;
      } catch (error) {
        await takeBack?.();
        throw withPath(error, path, 'written');
      }
    },
  };
}

async function writeWhole(path: string, text: string): Promise<void> {
  const unfinished = `${path}.new`;
  const handle = await open(unfinished, 'w', 0o600);
  try {
    await handle.chmod(0o600);
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(unfinished, path);
}

/** A record that lasts as long as its gateway, each of which has a first start. */
export function acceptedInMemory(): AcceptedPolicy {
  let kept: AcceptedFiles | null = null;
  return {
    read: async () => (kept === null ? { kind: 'none', wasHere: false } : { kind: 'accepted', files: kept }),
    write: async (files) => {
      kept = files;
    },
  };
}

function parsed(text: string): z.output<typeof stored> | null {
  try {
    return stored.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
