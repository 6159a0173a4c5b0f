import { describe, expect, it } from 'vitest';
import { BytePipe, emptyInput, readAll } from '../../demo/shell/byte-pipe.ts';
import { FileTree } from '../../demo/shell/file-tree.ts';
import { Shell } from '../../demo/shell/shell.ts';
import { runInteractive, Terminal } from '../../demo/shell/terminal.ts';

function newShell(): Shell {
  const files = new FileTree(
    new Map([
      ['/etc/hostname', 'demo\n'],
      ['/tmp/.keep', ''],
    ]),
  );
  return new Shell({ hostname: 'demo', files, mainCommand: '/app/web' }, { HOME: '/root', GREETING: 'hello' });
}

async function run(script: string, input = ''): Promise<{ stdout: string; stderr: string; code: number }> {
  const [stdin, stdout, stderr] = [new BytePipe(), new BytePipe(), new BytePipe()];
  stdin.unread(Buffer.from(input));
  stdin.end();
  const running = newShell().run(script, { stdin, stdout, stderr, signal: new AbortController().signal });
  const finished = running.finally(() => {
    stdout.end();
    stderr.end();
  });
  const [out, error, { code }] = await Promise.all([readAll(stdout), readAll(stderr), finished]);
  return { stdout: out.toString(), stderr: error.toString(), code };
}

describe('the little shell', () => {
  it.each([
    ['echo one two', 'one two\n', 0],
    ['echo \'a  b\' "$GREETING" $MISSING end', 'a  b hello end\n', 0],
    ['echo $(whoami)', 'root\n', 0],
    ['cat /etc/hostname | grep demo | wc -l', '1\n', 0],
    ['false && echo no; true && echo yes', 'yes\n', 0],
    ['false || echo rescued', 'rescued\n', 0],
    ['exit 7; echo never', '', 7],
    ['cd /etc; pwd; ls', '/etc\nhostname\n', 0],
    ['echo x > /tmp/f; echo y >> /tmp/f; cat < /tmp/f', 'x\ny\n', 0],
    ['for i in 1 2; do echo $i; done', '1\n2\n', 0],
    ['if test -f /etc/hostname; then echo file; else echo none; fi', 'file\n', 0],
    ['yes | head -n 2', 'y\ny\n', 0],
    ['seq 3 | grep -v 2', '1\n3\n', 0],
    ['sh -c "echo inner; exit 3"; echo $?', 'inner\n3\n', 0],
    ['echo secret | base64 | base64 -d', 'secret\n', 0],
  ])('runs %s', async (script, stdout, code) => {
    expect(await run(script)).toMatchObject({ stdout, code });
  });

  it('keeps standard error apart', async () => {
    expect(await run('echo out; echo err >&2')).toEqual({ stdout: 'out\n', stderr: 'err\n', code: 0 });
    expect(await run('cat /nowhere')).toMatchObject({
      stdout: '',
      stderr: 'cat: /nowhere: No such file or directory\n',
      code: 1,
    });
  });

  it('says what it does not know', async () => {
    expect(await run('frobnicate')).toMatchObject({ stderr: 'sh: frobnicate: not found\n', code: 127 });
  });

  it('passes input through', async () => {
    expect(await run('cat', 'line\n')).toMatchObject({ stdout: 'line\n' });
  });

  it('takes back what tar packed, as kubectl cp needs', async () => {
    const packed = await run('tar cf - /etc/hostname | tar xmf - -C /tmp; cat /tmp/etc/hostname');
    expect(packed).toMatchObject({ stdout: 'demo\n', code: 0 });
  });
});

describe('the terminal', () => {
  it('echoes, edits with backspace, stops a command with Ctrl-C and ends with Ctrl-D', async () => {
    const output = new BytePipe();
    const terminal = new Terminal(output);
    const session = runInteractive(newShell(), terminal, new AbortController().signal).finally(() => output.end());
    terminal.type(Buffer.from('echo hix\u007f\r'));
    terminal.type(Buffer.from('sleep 100\r'));
    setTimeout(() => {
      terminal.type(Buffer.from('\u0003'));
      terminal.type(Buffer.from('false\r\u0004'));
    }, 50);
    const shown = (await readAll(output)).toString();
    expect(shown).toContain('hix\b \b');
    expect(shown).toContain('\r\nhi\r\n');
    expect(shown).toContain('^C');
    expect(await session).toBe(1);
  });

  it('gives a command its lines until Ctrl-D and keeps the rest for the prompt', async () => {
    const output = new BytePipe();
    const terminal = new Terminal(output);
    const session = runInteractive(newShell(), terminal, new AbortController().signal).finally(() => output.end());
    terminal.type(Buffer.from('cat\rfirst\r\u0004exit 4\r'));
    await readAll(output);
    expect(await session).toBe(4);
  });
});

it('an empty input is at its end', async () => {
  expect(await emptyInput().read()).toBeNull();
});
