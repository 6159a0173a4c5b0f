import type { Command } from '../command/command.ts';
import { EXIT_MEANINGS } from '../command/exit-codes.ts';
import type { Flag } from '../command/flags.ts';
import { borrowedInWords, exitsInWords, filled, shownFlags } from '../command/help.ts';

/** When the form of the page was last changed: man(7) wants a date. */
const FORM_OF = '2026-12-01';

/** The manual page of the program, man(7) source, made of what the commands say of themselves. */
export function manualPage(commands: readonly Command[]): string {
  const shown = commands.filter(({ isHidden }) => !isHidden);
  return [
    '.\\" Made by "gatehouse man"; change what the commands say of themselves instead.',
    `.TH GATEHOUSE 1 ${FORM_OF} "Gatehouse" "User Commands"`,
    '.nh',
    '.ad l',
    '.SH NAME',
    'gatehouse \\- put kubectl behind policy, approvals, masks and a journal',
    '.SH SYNOPSIS',
    '.B gatehouse',
    '.I COMMAND',
    '.RI [ FLAGS ]',
    '.SH DESCRIPTION',
    ...paragraphs(DESCRIPTION),
    '.SH COMMANDS',
    ...shown.flatMap(commandSection),
    '.SH CONFIG FILE AND ENVIRONMENT',
    ...paragraphs(SETTINGS),
    '.SH EXIT STATUS',
    ...Object.entries(EXIT_MEANINGS).flatMap(([code, meaning]) => tagged(bold(code), meaning)),
    '.SH FILES',
    ...tagged(
      bold('~/.gatehouse'),
      'the data folder where nothing names another: journal, keys, policy, control socket',
    ),
    '.SH SEE ALSO',
    '.BR kubectl (1)',
    '',
  ].join('\n');
}

const DESCRIPTION = `Gatehouse runs a gateway between kubectl and a cluster. Policy decides each request; dangerous ones wait for
a person's approval; values of Secrets are masked; the journal keeps who did what.

"gatehouse gateway" runs one without the app. The other commands look at a gateway of the same data folder, decide what
waits for a person there, and read its journal.`;

const SETTINGS = `Every flag of "gatehouse gateway" may stand in a config file, under its name without the dashes, and in the
environment, as GATEHOUSE_ and its name in capitals with _ for -: --journal-days is the key journal-days and the variable
GATEHOUSE_JOURNAL_DAYS. A flag counts before the environment, the environment before the file.

  kubeconfig: /etc/gatehouse/kubeconfig
  context: prod
  write-kubeconfig: /var/lib/gatehouse/client.yaml
  listen: 127.0.0.1:7443

--config FILE, or $GATEHOUSE_CONFIG, names the file; none is looked for. It belongs to root or to the user that runs the
gateway, and nobody else may write it. Relative paths in it start from its folder. What may be given several times is a
list there; in a variable, paths are separated by colons and anything else by commas.

Commands that take --config find the data folder by it. "gatehouse config check" says what a gateway would run with.`;

function commandSection(command: Command): string[] {
  const { name, about, notes, positionals = [], flags, exits } = command;
  return [
    `.SS ${text(`gatehouse ${name}`)}`,
    `.B ${text(`gatehouse ${name}`)}`,
    ...[...positionals.map(text), ...shownFlags(flags).map(synopsis), ...borrowedInWords(flags)],
    ...paragraphs(about, '.PP'),
    ...shownFlags(flags).flatMap(([long, flag]) => tagged(flagTag(long, flag), flagSays(flag))),
    ...(notes === undefined ? [] : paragraphs(notes, '.PP')),
    '.PP',
    ...lines(`Exit codes: ${exitsInWords(exits)}.`),
  ];
}

function synopsis([name, { value, multiple, isRequired }]: [string, Flag]): string {
  const flag = `\\-\\-${text(name)}${value === undefined ? '' : ` ${text(value)}`}`;
  return `${isRequired ? flag : `[${flag}]`}${multiple ? '...' : ''}`;
}

function flagTag(name: string, { short, value }: Flag): string {
  const flag = bold(`${short === undefined ? '' : `-${short}, `}--${name}`);
  return value === undefined ? flag : `${flag} \\fI${text(value)}\\fR`;
}

function flagSays({ says, default: standard }: Flag): string {
  return standard === undefined ? says : `${says} (default: ${standard})`;
}

function tagged(tag: string, says: string): string[] {
  return ['.TP', tag, ...lines(says)];
}

function bold(words: string): string {
  return `\\fB${text(words)}\\fR`;
}

/** Paragraphs as help has them: what is indented stays as it is. */
function paragraphs(words: string, first?: string): string[] {
  return words
    .trim()
    .split(/\n{2,}/)
    .flatMap((paragraph, index) => {
      const start = index === 0 ? (first === undefined ? [] : [first]) : ['.PP'];
      if (!paragraph.startsWith(' ')) return [...start, ...lines(paragraph)];
      const kept = paragraph.split('\n').map((one) => text(one.replace(/^ {2}/, '')));
      return ['.PP', '.RS 4', '.nf', ...kept, '.fi', '.RE'];
    });
}

/** Short lines, so that a change is seen where it is. */
function lines(words: string): string[] {
  return filled(words, 72).map(text);
}

/** groff_char(7): a backslash and a hyphen that is to be typed are written so; a line that begins with . or ' would be a macro. */
function text(words: string): string {
  const escaped = words
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll('~', '\\(ti')
    .replaceAll('^', '\\(ha')
    .replaceAll("'", '\\(aq')
    .replaceAll('`', '\\(ga')
    .replaceAll('…', '...');
  return /^[.]/.test(escaped) ? `\\&${escaped}` : escaped;
}
