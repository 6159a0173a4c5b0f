import { createPublicKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { type HeadWitness, hear, witnessFile } from '../../proxy/journal/head-witness.ts';
import { journalFolder } from '../../proxy/journal/journal-files.ts';
import { publicKeyPath } from '../../proxy/journal/signed-head.ts';
import { verifyJournal } from '../../proxy/journal/verify-journal.ts';
import type { Command } from '../command/command.ts';
import { DATA_FLAG, dataFolder } from '../command/data-folder.ts';
import { CommandError, exitCodes } from '../command/exit-codes.ts';
import { type Flags, readFlags, usageError } from '../command/flags.ts';
import { outputFlags, wantsJson } from '../command/output-flag.ts';
import { journalIn, noJournal, unreadable } from './existing-journal.ts';
import { foundWitness, namedWitness } from './journal-witness.ts';
import { type Finding, findingInWords, findingOf, type KeySource, nothingOf, VERDICT_CODES } from './verify-report.ts';

const NAME = 'journal verify';
const FLAGS = {
  data: DATA_FLAG,
  'public-key': {
    type: 'string',
    value: 'FILE',
    kind: 'file',
    says: `the journal's public key (PEM) from a place that the owner of this machine cannot change; without it the key
beside the journal is used, which proves nothing against that owner`,
  },
  'journal-witness': {
    type: 'string',
    value: 'FILE',
    kind: 'file',
    isSetting: true,
    says: 'the second place (default: where the gateway of this data folder keeps it)',
  },
  'without-witness': {
    type: 'boolean',
    says: 'look at the folder alone; a journal set back as a whole to an older copy passes',
  },
  'without-signature': {
    type: 'boolean',
    says: 'look at the chain alone, for a journal that is not signed; one written anew as a whole passes',
  },
  ...outputFlags('json: the report, for programs'),
} as const satisfies Flags;

export const journalVerifyCommand: Command = {
  name: NAME,
  summary: 'check that the journal is whole and unchanged',
  about: `Reads the whole journal and finds edits, gaps, reordering and a cut-off end; and, compared with the second place
in which the gateway keeps how far it reached, a journal that was removed or set back as a whole. What could not be
checked is said, and changes the exit code. Needs no running gateway, and does not disturb one.`,
  flags: FLAGS,
  exits: {
    0: 'whole and unchanged, and all that was asked for was checked',
    1: 'cannot be read',
    3: 'something is wrong (it says what, and where)',
    6: 'nothing wrong was found, but something could not be checked (it says what, and why)',
  },

  async run(words, context) {
    const { values } = readFlags(NAME, words, FLAGS);
    const data = dataFolder(values.data, context);
    const named = values['journal-witness'];
    if (values['without-witness'] && named !== undefined) {
      throw usageError(NAME, '--without-witness and --journal-witness exclude each other');
    }
    const given = values['public-key'];
    if (values['without-signature'] && given !== undefined) {
      throw usageError(NAME, '--without-signature and --public-key exclude each other');
    }
    const place = named === undefined ? await foundWitness(data, context) : namedWitness(NAME, named, data);
    const witness = values['without-witness'] ? null : witnessFile(place);
    const key = values['without-signature'] ? NO_KEY : given === undefined ? null : await givenKey(given);
    const { finding, folder } = await verify(data, key, witness, values['without-signature'] === true);
    if (wantsJson(values)) context.print(JSON.stringify(finding, null, 2));
    else for (const line of findingInWords(finding, folder)) context.print(line);
    return VERDICT_CODES[finding.verdict];
  },
};

interface Key {
  readonly pem: string | null;
  readonly source: KeySource;
}

const NO_KEY: Key = { pem: null, source: 'none' };

async function verify(
  data: string,
  given: Key | null,
  witness: HeadWitness | null,
  leavesSignature: boolean,
): Promise<{ readonly finding: Finding; readonly folder: string }> {
  const folder = await journalIn(data);
  if (folder === null) {
    const gone = await goneInWords(witness);
    if (gone === null) throw noJournal(data);
    return { finding: nothingOf(`${journalFolder(data)} is gone, but ${gone}`, 'none'), folder: data };
  }
  try {
    const key = given ?? (await keyBeside(folder));
    if (key === 'unusable') {
      const reason = 'it holds no public key in PEM: put it back, or give a copy with --public-key';
      return { finding: nothingOf(reason, 'beside the journal', 'public-key.pem'), folder };
    }
    const report = await verifyJournal(folder, { publicKey: key.pem, ...(witness === null ? {} : { witness }) });
    return { finding: findingOf(report, key.source, leavesSignature ? ['signature'] : []), folder };
  } catch (error) {
    throw await unreadable(folder, error);
  }
}

/** A folder that is gone is the worst that can be found, where a second place knows that it was there. */
async function goneInWords(witness: HeadWitness | null): Promise<string | null> {
  const testimony = witness === null ? null : await hear(witness, null);
  if (testimony?.says !== 'head') return null;
  const { place, head } = testimony;
  return `${place} says that record ${head.seq} was written there at ${head.time}`;
}

async function givenKey(path: string): Promise<Key> {
  let pem: string;
  try {
    pem = await readFile(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new CommandError(exitCodes.failed, `the public key ${path} cannot be read (${code})`, { cause: error });
  }
  if (isPublicKey(pem)) return { pem, source: 'given' };
  throw usageError(NAME, '--public-key: the file holds no public key in PEM');
}

async function keyBeside(folder: string): Promise<Key | 'unusable'> {
  try {
    const pem = await readFile(publicKeyPath(folder), 'utf8');
    return isPublicKey(pem) ? { pem, source: 'beside the journal' } : 'unusable';
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return NO_KEY;
    throw error;
  }
}

function isPublicKey(pem: string): boolean {
  try {
    return createPublicKey(pem).type === 'public';
  } catch {
    return false;
  }
}
