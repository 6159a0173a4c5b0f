import type { Command, CommandContext } from '../command/command.ts';
import { CommandError, exitCodes } from '../command/exit-codes.ts';
import type { Flags } from '../command/flags.ts';
import { GATEWAY_FLAGS } from '../gateway/gateway-flags.ts';
import { originInWords, problemInWords, type Said, type SettingProblem } from './said.ts';
import { asWords, CONFIG_FLAG, meantInWords, readSettingsOf, type Settings, unknownInWords } from './settings.ts';

/** The flags of a command that the environment and the config file may say too: the gateway's own, and what is one of them elsewhere. */
export function settingsOf({ name, flags }: Pick<Command, 'name' | 'flags'>): Flags {
  if (name === 'gateway') return flags;
  return Object.fromEntries(Object.entries(flags).filter(([, { isSetting }]) => isSetting));
}

const NOTE = `Each flag may stand in the file of --config too, under its name, and in the environment, as GATEHOUSE_ and its name in
capitals (GATEHOUSE_JOURNAL_DAYS). A flag counts before the environment, the environment before the file; "gatehouse
config check" says what would be in force.`;

/** A command that takes `--config`, and does what it does with what the environment and the config file say beside its words. */
export function withSettings(command: Command): Command {
  const settings = settingsOf(command);
  if (Object.keys(settings).length === 0) return command;
  return {
    ...command,
    flags: { ...command.flags, config: CONFIG_FLAG },
    ...(command.name === 'gateway' ? { notes: [NOTE, command.notes ?? ''].join('\n\n') } : {}),
    async run(words, context) {
      const found = await readSettingsOf(words, { flags: command.flags, settings, all: GATEWAY_FLAGS }, context);
      refuseWhatIsWrong(found, settings);
      if (command.name === 'gateway') tellUnknown(found, context);
      try {
        return await command.run([...asWords(found.said.values(), command.flags), ...found.words], context);
      } catch (error) {
        throw error instanceof CommandError ? withOrigins(error, found.said) : error;
      }
    },
  };
}

/** Nothing is run with half of what was said: it may be the half that opens. */
function refuseWhatIsWrong({ problems, unknown }: Settings, settings: Flags): void {
  const misspelt = unknown
    .filter(({ meant }) => meant !== null && (meant === 'config' || Object.hasOwn(settings, meant)))
    .map(
      (one): SettingProblem => ({
        name: one.meant,
        origin: { from: 'environment', variable: one.variable },
        message: `it sets nothing; ${meantInWords(one.meant)}`,
      }),
    );
  const [first, ...more] = [...problems, ...misspelt];
  if (first === undefined) return;
  const others = more.length === 0 ? '' : `\n${more.length} more: "gatehouse config check" shows them all.`;
  throw new CommandError(exitCodes.usage, `${problemInWords(first)}${others}`);
}

function tellUnknown({ unknown }: Settings, { complain }: CommandContext): void {
  for (const one of unknown) complain(`gatehouse: ${unknownInWords(one)}`);
}

/** A command knows its flags alone: whoever reads its complaint about one is told who said it. */
function withOrigins(error: CommandError, said: ReadonlyMap<string, Said>): CommandError {
  const [first = '', ...rest] = error.message.split('\n');
  const named = [...said.values()].filter(({ name }) => new RegExp(`--${name}(?![\\w-])`).test(first));
  if (named.length === 0) return error;
  const origins = named.map(({ name, origin }) => `--${name} is said by ${originInWords(origin)}`);
  return new CommandError(error.exitCode, [`${first} (${origins.join(', ')})`, ...rest].join('\n'), { cause: error });
}
