import { spawn } from 'node:child_process';

/**
 * Gives the display that this process has, or starts one without a screen.
 * @param {readonly string[]} prefix the command that becomes the user who will use it
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<{ display: string, close: () => void }>}
 */
export async function openDisplay(prefix, env) {
  const present = process.env['DISPLAY'];
  // Another user may not use this one's display.
  if (present && prefix.length === 0) return { display: present, close: () => {} };
  if (process.platform !== 'linux') return { display: '', close: () => {} };
  const [command = '', ...rest] = [
    ...prefix,
    'Xvfb',
    '-displayfd',
    '3',
    '-screen',
    '0',
    '1440x900x24',
    '-nolisten',
    'tcp',
  ];
  const server = spawn(command, rest, { env, stdio: ['ignore', 'ignore', 'pipe', 'pipe'] });
  const close = () => void server.kill();
  process.once('exit', close);
  /** @type {string} */
  const number = await new Promise((found, failed) => {
    let said = '';
    server.stderr?.on('data', (text) => {
      said += text;
    });
    server.stdio[3]?.once('data', (text) => found(String(text).trim()));
    server.once('error', failed);
    server.once('exit', () => failed(new Error(`Xvfb did not start: ${said.trim()}`)));
  });
  console.log(`no display: started Xvfb :${number}`);
  return { display: `:${number}`, close };
}
