import { spawn } from 'node:child_process';

/**
 * @typedef {object} RunOptions
 * @property {string} [cwd]
 * @property {NodeJS.ProcessEnv} [env]
 * @property {(line: string) => void} [onLine] each line of stdout and stderr, as it comes; otherwise they are inherited
 * @property {number} [silenceSeconds] ends the command when it has said nothing for this long; needs `onLine`
 */

/**
 * Runs a command to its end.
 * @param {string} command
 * @param {readonly string[]} commandArguments
 * @param {RunOptions} [options]
 * @returns {Promise<{ code: number, output: string }>} exit code (127 when it cannot be started) and the last 64 KiB it said
 */
export function run(command, commandArguments, options = {}) {
  return new Promise((done) => {
    const { onLine, silenceSeconds } = options;
    const child = spawn(command, commandArguments, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: onLine ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'inherit', 'inherit'],
    });
    let output = '';
    /** @type {NodeJS.Timeout | undefined} */
    let silence;
    const heard = () => {
      clearTimeout(silence);
      if (silenceSeconds) silence = setTimeout(() => child.kill('SIGKILL'), silenceSeconds * 1000);
    };
    heard();
    for (const stream of [child.stdout, child.stderr]) {
      let rest = '';
      stream?.setEncoding('utf8').on('data', (/** @type {string} */ text) => {
        heard();
        output = (output + text).slice(-65_536);
        const lines = (rest + text).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) onLine?.(line);
      });
    }
    child.on('error', (error) => {
      clearTimeout(silence);
      done({ code: 127, output: `${output}${error.message}\n` });
    });
    child.on('close', (code) => {
      clearTimeout(silence);
      done({ code: code ?? 1, output });
    });
  });
}

/**
 * Runs npm, the one that runs this script when there is one.
 * @param {readonly string[]} commandArguments
 * @param {RunOptions} [options]
 */
export function runNpm(commandArguments, options) {
  const npm = process.env['npm_execpath'];
  if (npm && /npm-cli\.[cm]?js$/.test(npm)) return run(process.execPath, [npm, ...commandArguments], options);
  return run(process.platform === 'win32' ? 'npm.cmd' : 'npm', commandArguments, options);
}

/**
 * The last lines of a command's output, for an error message.
 * @param {string} output
 * @param {number} [count]
 */
export function lastLines(output, count = 12) {
  return output.trimEnd().split('\n').slice(-count).join('\n');
}
