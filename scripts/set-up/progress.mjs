/** @typedef {'bytes' | 'count'} Unit */

/**
 * Reports how far something is: on a terminal one line that is rewritten, elsewhere (CI, a file) a new line every few
 * seconds, so that nobody wonders whether it hangs.
 * @param {string} label
 * @param {{ total?: number | null, unit?: Unit, noun?: string, everySeconds?: number, stream?: NodeJS.WriteStream }} [options]
 *   `total` null: unknown; `stream` is stdout, but for a command whose stdout others read.
 */
export function startProgress(
  label,
  { total = null, unit = 'bytes', noun = '', everySeconds = 4, stream = process.stdout } = {},
) {
  const terminal = stream.isTTY === true;
  const started = Date.now();
  let last = 0;
  let shown = '';
  return {
    /** @param {number} done */
    update(done) {
      const now = Date.now();
      if (now - last < (terminal ? 100 : everySeconds * 1000)) return;
      last = now;
      shown = `  ${label}: ${describeProgress(done, total, unit)}${noun && ` ${noun}`}`;
      stream.write(terminal ? `\r\x1b[2K${shown}` : `${shown}\n`);
    },
    /** @param {string} note what came of it */
    end(note) {
      const seconds = ((Date.now() - started) / 1000).toFixed(1);
      stream.write(`${terminal && shown ? '\r\x1b[2K' : ''}  ${label}: ${note} (${seconds} s)\n`);
    },
  };
}

/**
 * @param {number} done
 * @param {number | null} total
 * @param {Unit} unit
 */
export function describeProgress(done, total, unit) {
  const amount = (/** @type {number} */ value) => (unit === 'bytes' ? `${(value / 1e6).toFixed(1)} MB` : String(value));
  if (total === null || total <= 0) return amount(done);
  const percent = Math.min(100, Math.floor((done / total) * 100));
  return `${amount(done)} of ${amount(total)} (${percent}%)`;
}
