import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawn } from '@lydell/node-pty';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { openControlSocket } from '../../../proxy/control/control-socket.ts';
import { commandLine, refreshCommandLine } from '../../../scripts/build/command-line.mjs';
import { authorityUnderTest, intent } from '../../proxy/approvals/intents.ts';
import { NO_POLICY } from '../../proxy/control/no-policy.ts';

let folder = '';
let pwned = '';
let code = '';
let close = async () => {};

beforeAll(async () => {
  await refreshCommandLine();
  folder = await mkdtemp(join(tmpdir(), 'gatehouse-completion-'));
  pwned = join(folder, 'pwned');
  await mkdir(join(folder, 'bin'));
  const program = join(folder, 'bin', 'gatehouse');
  await writeFile(program, `#!/bin/sh\nexec '${process.execPath}' '${commandLine}' "$@"\n`);
  await chmod(program, 0o755);
  const context = (name: string) => ({ name, context: { cluster: 'c', user: 'u' } });
  const contexts = ['prod', `$(touch ${pwned})`, `b\`touch ${pwned}\``, 'arn:aws:eks', "it's"].map(context);
  await writeFile(join(folder, 'own kube.yaml'), JSON.stringify({ kind: 'Config', contexts }));
  const { authority, hold } = authorityUnderTest();
  const data = join(folder, 'data');
  await mkdir(data, { mode: 0o700 });
  const gateway = {
    ...NO_POLICY,
    approvals: () => authority.list(),
    review: (vote: Parameters<typeof authority.review>[0]) => authority.review(vote),
    streams: () => [],
    endStream: () => false,
  };
  const log = { info: vi.fn(), warn: vi.fn(), error: vi.fn() };
  close = await openControlSocket({ dataFolder: data, gateway, owner: 'local:ada', log });
  code = (await hold(intent({}), 0)).approval.code;
});

afterAll(async () => {
  await close();
  await rm(folder, { recursive: true, force: true });
});

/** What makes a shell complete gatehouse, and say at Ctrl-O what stands in its line. */
const SHELLS = {
  bash: {
    rc: `PS1='> '; eval "$(gatehouse completion bash)"; bind 'set bell-style none'; bind -x '"\\C-o": printf "LINE<%s>END\\n" "$READLINE_LINE"'\necho READY`,
    argv: (rc: string) => ['--noprofile', '--rcfile', rc, '-i'],
  },
  zsh: {
    rc: `PS1='> '; unsetopt beep; autoload -Uz compinit; compinit -u -D\neval "$(gatehouse completion zsh)"\nsay() { print -r -- "LINE<$BUFFER>END" }\nzle -N say\nbindkey '^O' say\necho READY`,
    argv: () => ['-d', '-i'],
  },
  fish: {
    rc: `gatehouse completion fish | source\nfunction fish_greeting; end\nfunction fish_prompt; echo '> '; end\nbind \\co 'printf "LINE<%s>END\\n" (commandline)'\necho READY`,
    argv: (rc: string) => ['--no-config', '-i', '-C', `source '${rc}'`],
  },
} as const;

/** A shell at a terminal, that is asked what its line is. */
interface Typed {
  /** Types into an empty line, and says what the line is when each key has been done. */
  lineAfter(typed: string): Promise<string>;
  end(): Promise<void>;
}

async function open(shell: keyof typeof SHELLS): Promise<Typed> {
  const home = await mkdtemp(join(folder, 'home-'));
  const rc = join(home, '.zshrc');
  const { rc: text, argv } = SHELLS[shell];
  await writeFile(rc, `${text}\n`);
  const path = `${join(folder, 'bin')}:${process.env['PATH']}`;
  const variables = { HOME: home, ZDOTDIR: home, TERM: 'xterm', LANG: 'C.UTF-8', GATEHOUSE_DATA: join(folder, 'data') };
  const terminal = spawn(shell, [...argv(rc)], { cwd: folder, env: { PATH: path, ...variables }, cols: 300, rows: 40 });
  const ended = new Promise<void>((resolve) => terminal.onExit(() => resolve()));
  let seen = '';
  let look = () => {};
  terminal.onData((data) => {
    seen += data.replaceAll('\r', '');
    look();
  });
  /** What the shell writes; what it wrote before is forgotten. */
  const written = (pattern: RegExp) =>
    new Promise<string>((resolve, reject) => {
      look = () => {
        const found = pattern.exec(seen);
        if (found === null) return;
        seen = '';
        resolve(found[1] ?? '');
      };
      look();
      void ended.then(() => reject(new Error(`the shell ended: ${seen}`)));
    });
  await written(/READY/);
  return {
    async lineAfter(typed) {
      terminal.write(`\u0015${typed}\u000f`);
      return await written(/LINE<([\s\S]*?)>END/);
    },
    async end() {
      terminal.kill('SIGKILL');
      await ended;
    },
  };
}

const here = (Object.keys(SHELLS) as Array<keyof typeof SHELLS>).filter(
  (shell) => spawnSync(shell, ['--version']).error === undefined,
);
const missing = Object.keys(SHELLS).filter((shell) => !here.some((one) => one === shell));
if (missing.length > 0) console.log(`completion is not tried in ${missing.join(', ')}: not installed here`);

describe.each(here)('in %s, the key completes', (shell) => {
  let typing: Typed;
  beforeAll(async () => {
    typing = await open(shell);
  });
  afterAll(() => typing.end());

  test.each<[what: string, typed: string, line: string | RegExp]>([
    ['a command', 'gatehouse jour\t', 'gatehouse journal '],
    ['a command of two words', 'gatehouse journal ver\t', 'gatehouse journal verify '],
    ['a flag', 'gatehouse gateway --write\t', 'gatehouse gateway --write-kubeconfig '],
    ['the value of a flag', 'gatehouse policy upgrade --output js\t', 'gatehouse policy upgrade --output json '],
    ['the value behind =', 'gatehouse policy upgrade --output=js\t', /^gatehouse policy upgrade --output=json ?$/],
    [
      'a file, with a space in its name',
      'gatehouse gateway --kubeconfig own\t',
      /^gatehouse gateway --kubeconfig (?:own\\ kube\.yaml|'own kube\.yaml') ?$/,
    ],
    ['a context', "gatehouse gateway --kubeconfig 'own kube.yaml' --context pr\t", /--context prod ?$/],
    [
      'a context with colons',
      "gatehouse gateway --kubeconfig 'own kube.yaml' --context arn:aw\t",
      /--context arn:aws:eks ?$/,
    ],
    ['nothing behind what is no command', 'gatehouse frobnicate x\t', 'gatehouse frobnicate x'],
  ])('%s', async (_what, typed, line) => {
    expect(await typing.lineAfter(typed)).toMatch(
      typeof line === 'string' ? new RegExp(`^${line.replaceAll(/[.()$]/g, '\\$&')}$`) : line,
    );
  });

  test('the code of a request that waits', async () => {
    expect(await typing.lineAfter('gatehouse approve \t')).toBe(`gatehouse approve ${code} `);
  });

  test.each([
    ['a context that is a command', '\\$', '$(touch'],
    ['a context that is a command of the old form', 'b', 'b`touch'],
    ['a context with a quote', 'it', "it's"],
  ])('%s, quoted so that the next Enter runs nothing', async (_what, typed, value) => {
    const line = await typing.lineAfter(`gatehouse gateway --kubeconfig 'own kube.yaml' --context ${typed}\t`);
    const words = line.slice(line.indexOf('--context') + '--context '.length).trim();
    expect(words.length).toBeGreaterThan(typed.length);
    const { stdout } = spawnSync(shell, ['-c', `printf %s ${words}`], { encoding: 'utf8' });
    expect(stdout.startsWith(value)).toBe(true);
    expect(existsSync(pwned)).toBe(false);
  });
});
