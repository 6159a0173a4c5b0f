import { resolve } from 'node:path';
import { STARTER_POLICIES, type StarterPolicy } from '../../proxy/policy/starters/starter-policies.ts';
import type { Command, CommandContext } from '../command/command.ts';
import { DATA_FLAG, dataFolder, policyFolder } from '../command/data-folder.ts';
import { exitCodes } from '../command/exit-codes.ts';
import { type Flags, readFlags, usageError } from '../command/flags.ts';
import { fieldLines } from '../command/printable.ts';
import { writeNewFiles } from './new-files.ts';

const NAME = 'policy init';
const WORDS = ['[NAME]', '[FOLDER]'] as const;
const FLAGS = {
  namespace: {
    type: 'string',
    short: 'n',
    value: 'NAME',
    multiple: true,
    says: 'for ci-deploy: a namespace into which the job deploys; may be given several times',
  },
  print: { type: 'boolean', says: 'print the documents and write nothing' },
  data: DATA_FLAG,
} as const satisfies Flags;
/** Of RFC 1123, as Kubernetes names namespaces. */
const NAMESPACE = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

export const policyInitCommand: Command = {
  name: NAME,
  summary: 'write a policy to begin with into an empty folder',
  about: `Writes a policy to begin with: commented documents, yours to change. Without a name it lists what there is:

${fieldLines(
  STARTER_POLICIES.map(({ name, says }) => [name, says]),
  null,
  '  ',
).join('\n')}

FOLDER is made where it is missing, and must hold no policy file: nothing is ever written over. Left out, it is "policy"
in the data folder, which a gateway reads where no --policy names another.`,
  positionals: WORDS,
  flags: FLAGS,
  notes: `A gateway that starts with the folder for the first time takes what it finds. One that ran with another policy
before waits for "gatehouse policy accept".`,
  exits: { 0: 'written, printed or listed', 1: 'failed (it says why, nothing was written)' },

  async run(words, context) {
    const { values, positionals } = readFlags(NAME, words, FLAGS, WORDS);
    const [name, folder] = positionals;
    if (name === undefined) return list(context);
    const files = starterNamed(name).files(namespacesFor(starterNamed(name), values.namespace ?? []));
    if (values.print) {
      if (folder !== undefined) throw usageError(NAME, '--print writes nothing, so it takes no folder');
      context.print(files.map(({ text }) => text.trimEnd()).join('\n---\n'));
      return exitCodes.done;
    }
    const place = folder === undefined ? policyFolder(undefined, dataFolder(values.data, context)) : resolve(folder);
    await writeNewFiles(place, files);
    context.print(`wrote ${files.map(({ file }) => file).join(', ')} into ${place}`);
    return exitCodes.done;
  },
};

function list({ print, columns }: CommandContext): typeof exitCodes.done {
  const fields = STARTER_POLICIES.map(({ name, says }) => [name, says] as const);
  for (const line of fieldLines(fields, columns)) print(line);
  return exitCodes.done;
}

function starterNamed(name: string): StarterPolicy {
  const starter = STARTER_POLICIES.find((one) => one.name === name);
  if (starter !== undefined) return starter;
  throw usageError(
    NAME,
    `there is no policy "${name}"; there is ${STARTER_POLICIES.map((one) => one.name).join(', ')}`,
  );
}

function namespacesFor({ name, takesNamespaces }: StarterPolicy, namespaces: readonly string[]): readonly string[] {
  if (!takesNamespaces) {
    if (namespaces.length === 0) return [];
    throw usageError(NAME, `--namespace is for ci-deploy; "${name}" takes none`);
  }
  if (namespaces.length === 0) {
    throw usageError(NAME, `--namespace is missing: give it the namespace into which the job deploys`);
  }
  const wrong = namespaces.find((namespace) => !NAMESPACE.test(namespace));
  if (wrong === undefined) return [...new Set(namespaces)].map(quotedWhereYamlWants);
  throw usageError(
    NAME,
    `--namespace takes the name of a namespace (lower-case letters, digits, dashes), not "${wrong}"`,
  );
}

/** `123` and `true` are good names of namespaces, and no texts in YAML. */
function quotedWhereYamlWants(namespace: string): string {
  return /^(?:\d.*|true|false|null|yes|no|on|off|y|n)$/.test(namespace) ? `"${namespace}"` : namespace;
}
