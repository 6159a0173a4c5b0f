/**
 * Packs files into an ASAR archive: a length-prefixed JSON directory in Chromium's Pickle encoding, then the files'
 * bytes one after the other (https://github.com/electron/asar, "Format").
 * @param {Readonly<Record<string, string>>} files contents by name; no folders
 * @returns {Buffer}
 */
export function packAsar(files) {
  const contents = Object.entries(files).map(([name, text]) => ({ name, bytes: Buffer.from(text) }));
  let offset = 0;
  /** @type {Record<string, { size: number, offset: string }>} */
  const directory = {};
  for (const { name, bytes } of contents) {
    directory[name] = { size: bytes.length, offset: String(offset) };
    offset += bytes.length;
  }
  const json = Buffer.from(JSON.stringify({ files: directory }));
  const padding = Buffer.alloc((4 - (json.length % 4)) % 4);
  const pickle = Buffer.concat([unsigned(4 + json.length + padding.length), unsigned(json.length), json, padding]);
  return Buffer.concat([unsigned(4), unsigned(pickle.length), pickle, ...contents.map(({ bytes }) => bytes)]);
}

/** @param {number} value */
function unsigned(value) {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
