import { accessSync, constants } from 'node:fs';

/** What to hand to `spawn` in place of a program and its arguments. */
export interface ProgramStart {
  readonly file: string;
  readonly args: string[];
}

/** Closes any descriptor by its number, and is there on nearly every system, where `/bin/sh` may be dash. */
const BASH = ['/bin/bash', '/usr/bin/bash'];

/** dash takes the numbers 0 to 9 alone (`readtoken1` of its parser.c) and would look for a program named 10. */
const ASK_WHETHER_IT_CAN = `(eval 'exec 10>&-') 2>/dev/null || {
  echo "Gatehouse gives its open files to no program, and this system's sh cannot close them: install bash." >&2
  exit 126
}`;

/** What is not listed stays open, so where nothing is listed the pattern itself is found, and no program is started. */
const CLOSE_ALL = `for __gatehouse_open in /dev/fd/*; do
  case \${__gatehouse_open##*/} in
    [012]) ;;
    *[!0-9]*)
      echo "Gatehouse gives its open files to no program, and /dev/fd does not list them: mount /proc." >&2
      exit 126 ;;
    *) eval "exec \${__gatehouse_open##*/}>&-" ;;
  esac
done
unset __gatehouse_open`;

/** Variables that bash takes out of its environment when nobody types into it (`main` of its shell.c). */
const LOST_IN_BASH = ['PS1', 'PS2'];

/**
 * Starts a program so that it inherits standard input, output and error of this process, and no other open file.
 *
 * Node opens its own files close-on-exec, but neither Chromium (its snapshot, its sockets between processes, its
 * databases) nor node-pty (a terminal's master) does, and Node has no way to set the flag or to list what a child keeps
 * (`uv__process_child_init` closes nothing). So a shell closes all of it and then becomes the program, under the same
 * process id. On Windows nothing is inherited that is not asked for.
 * @param program an absolute path.
 * @param environment what it will be started with; of it the program gets all.
 * @param first what the shell does before it closes them, with `$0` for {@link name}.
 * @param name its own by default.
 * @param bash null where there is none: then `/bin/sh` has to do, and says so where it cannot.
 */
export function inheritNothing(
  program: string,
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  {
    first = '',
    name = 'sh',
    bash = BASH.find(isExecutable) ?? null,
  }: { readonly first?: string; readonly name?: string; readonly bash?: string | null } = {},
): ProgramStart {
  if (process.platform === 'win32') return { file: program, args: [...args] };
  const question = bash === null ? ASK_WHETHER_IT_CAN : '';
  const lost = LOST_IN_BASH.flatMap((variable) => {
    const value = environment[variable];
    return value === undefined ? [] : [{ variable, value }];
  });
  const given = lost.map(({ variable }) => `export ${variable}="$1"; shift`);
  const script = [first, question, CLOSE_ALL, ...given, 'exec "$@"'].filter(Boolean).join('\n');
  const start = ['-c', script, name, ...lost.map(({ value }) => value), program, ...args];
  // -p: bash takes no functions, options or start-up files from the environment, which is the person's. --norc: where
  // its input is a socket, as Node's pipes are, it else takes itself for one that sshd started, and reads ~/.bashrc.
  return bash === null ? { file: '/bin/sh', args: start } : { file: bash, args: ['--norc', '-p', ...start] };
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
