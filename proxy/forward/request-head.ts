import type { UpstreamRequest } from './upstream.ts';

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const TARGET = /^\/[\x21-\x7e]*$/;
/** Beyond Latin-1 too: written as one byte, U+010D would become a CR. */
const FORBIDDEN_IN_VALUE = /[^\t\x20-\x7e\x80-\xff]/;

/**
 * The head of a request as text, one byte for each character: the lines it was given and nothing else. The last place
 * that can keep a line from becoming two.
 * @throws {TypeError} where a part is not what RFC 9112 lets stand there. It names no value.
 */
export function requestHead({ method, target, headers }: UpstreamRequest): string {
  if (!TOKEN.test(method) || !TARGET.test(target)) throw new TypeError('The request line cannot be written');
  let head = `${method} ${target} HTTP/1.1\r\n`;
  for (const [name, value] of headers) {
    if (!TOKEN.test(name) || FORBIDDEN_IN_VALUE.test(value)) throw new TypeError('A header line cannot be written');
    head += `${name}: ${value}\r\n`;
  }
  return `${head}\r\n`;
}
