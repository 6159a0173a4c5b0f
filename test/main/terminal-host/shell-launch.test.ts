import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openPseudoTerminal } from '../../../main/terminal-host/pseudo-terminal.ts';
import { shellLaunch, writeHookFiles } from '../../../main/terminal-host/shell-launch.ts';
import { OscFilter } from '../../../proxy/recording/osc-filter.ts';

const TOKEN = 'f00d-token';
let home: string;
let folder: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'gatehouse-home-'));
  folder = join(home, 'hooks');
  writeHookFiles(folder);
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

function pathOf(shell: string): string | null {
  const found = spawnSync('/bin/sh', ['-c', `command -v ${shell}`], { encoding: 'utf8' });
  return found.status === 0 ? found.stdout.trim() : null;
}

/** Types lines into a real shell of a person whose home is `home`; answers what it reported and what it printed. */
async function converse(shell: string, lines: readonly string[], login = false) {
  const environment = {
    HOME: home,
    PATH: process.env['PATH'] ?? '',
    TERM: 'xterm-256color',
    KUBECONFIG: '/gateway.yaml',
  };
  const launch = shellLaunch(shell, folder, TOKEN, environment, login);
  const reported: string[] = [];
  let printed = '';
  const filter = new OscFilter(TOKEN, ({ value }) => reported.push(value));
  await new Promise<number>((resolve) => {
    let typed = 0;
    const terminal = openPseudoTerminal({
      file: shell,
      args: launch.args,
      environment: { ...environment, ...launch.environment },
      folder: home,
      columns: 200,
      rows: 50,
      onOutput: (bytes) => {
        printed += filter.push(bytes).toString('utf8');
        // Each report is a prompt: the next line may be typed.
        for (; typed < reported.length && typed <= lines.length; typed += 1) {
          terminal.write(`${lines[typed] ?? 'exit'}\r`);
        }
      },
      onEnd: resolve,
    });
  });
  return { reported, printed };
}

const SHELLS = ['bash', 'zsh', 'fish'] as const;
const RC: Record<(typeof SHELLS)[number], string> = {
  bash: '.bashrc',
  zsh: '.zshrc',
  fish: '.config/fish/config.fish',
};

for (const shell of SHELLS) {
  const path = pathOf(shell);
  if (path === null) console.log(`${shell} is not installed here: its hook is not tested`);

  describe.skipIf(path === null)(`${shell} with our hook`, () => {
    const bin = path ?? '';
    const exporting = (value: string) =>
      shell === 'fish' ? `set -gx KUBECONFIG ${value}` : `export KUBECONFIG=${value}`;
    const rc = (text: string) => {
      mkdirSync(join(home, RC[shell], '..'), { recursive: true });
      writeFileSync(join(home, RC[shell]), `${text}\n`);
    };

    test('reports KUBECONFIG at each prompt, also after it was changed or taken away', async () => {
      const { reported } = await converse(bin, [
        exporting('/elsewhere'),
        shell === 'fish' ? 'set -e KUBECONFIG' : 'unset KUBECONFIG',
      ]);
      expect(reported).toEqual(['/gateway.yaml', '/elsewhere', '']);
    });

    test('runs the own rc file first, and so sees that it leads around the gateway', async () => {
      rc(`${exporting('/from-rc')}\n${shell === 'fish' ? 'set -g OWN yes' : 'OWN=yes'}`);
      const { reported, printed } = await converse(bin, ['echo "own=$OWN"']);
      expect(reported).toEqual(['/from-rc', '/from-rc']);
      expect(printed).toContain('own=yes');
    });

    test('gives the token to no program that is started from it', async () => {
      const { printed } = await converse(bin, ['env']);
      expect(printed).toContain('KUBECONFIG=/gateway.yaml');
      expect(printed).not.toContain(TOKEN);
    });
  });
}

test('bash keeps a prompt command of the person, as text and as an array', async () => {
  for (const own of [
    'PROMPT_COMMAND="echo own-hook"',
    'PROMPT_COMMAND=("echo own-hook")',
    'PROMPT_COMMAND="echo own-hook;"',
  ]) {
    writeFileSync(join(home, '.bashrc'), `${own}\n`);
    const { reported, printed } = await converse('/bin/bash', ['(exit 3)', 'echo "status $?"']);
    expect(reported).toHaveLength(3);
    expect(printed).toContain('own-hook');
    expect(printed).toContain('status 3');
  }
});

test('a login bash reads the files of a login shell', async () => {
  writeFileSync(join(home, '.bash_profile'), 'echo profile-was-read\n');
  const { printed } = await converse('/bin/bash', [], true);
  expect(printed).toContain('profile-was-read');
});

test('the hook files are valid for the shells that read them, and 0600', () => {
  execFileSync('/bin/bash', ['-n', join(folder, 'bash-start.bash')]);
  expect(readFileSync(join(folder, 'zsh', '.zshrc'), 'utf8')).toContain('precmd_functions');
});

test('a shell that has no hook of ours runs as it is', () => {
  expect(shellLaunch('/usr/bin/nu', folder, TOKEN, {}, false)).toEqual({ args: ['-i'], environment: {} });
});
