/** Why a kubeconfig is no text that YAML could be read from. */
export class KubeconfigTextError extends Error {
  override readonly name = 'KubeconfigTextError';
}

/** What go-yaml takes (`readerc.go`): printable characters, tab and line breaks; among them U+0085. */
const NOT_PRINTABLE = /[^\t\n\r\u0020-\u007e\u0085\u00a0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;
/** Line breaks to YAML 1.1 alone: the rest of a line would mean something else to most readers. */
const LINE_SEPARATORS = /[\u2028\u2029]/;

/**
 * The text of a kubeconfig: UTF-16 where a byte order mark says so, else UTF-8 (YAML 1.1, 5.2). Line breaks become `\n`,
 * as YAML reads them, so positions hold.
 * @throws {KubeconfigTextError}
 */
export function kubeconfigText(bytes: Uint8Array): string {
  const encoding = encodingOf(bytes);
  let text: string;
  try {
    text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    throw new KubeconfigTextError(`is not text in ${encoding === 'utf-8' ? 'UTF-8' : 'UTF-16'}`);
  }
  const broken = text.replace(/\r\n?|\u0085/g, '\n');
  const bad = NOT_PRINTABLE.exec(broken) ?? LINE_SEPARATORS.exec(broken);
  if (bad !== null) {
    const line = broken.slice(0, bad.index).split('\n').length;
    const code = (bad[0].codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
    if (code === '0000') throw new KubeconfigTextError('is not text: it has bytes of zero');
    throw new KubeconfigTextError(`has the character U+${code} in line ${line}, which YAML does not take as it is`);
  }
  return broken;
}

function encodingOf([first, second]: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' {
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  return 'utf-8';
}
