// Longer than 300 lines: one table.
/*
 * Answers byte for byte, valid and hostile: what the reader of upstream answers must make of each, and where node's own
 * parser makes something else of it. Seeds for the fuzzer too.
 */

/** What a whole answer reads as. */
export interface ReadAnswer {
  readonly status: number;
  readonly headers: ReadonlyArray<readonly [string, string]>;
  readonly body: string;
  /** Whether the connection may carry another request. */
  readonly persistent: boolean;
  /** Bytes behind the answer. */
  readonly leftover: string;
}

export interface AnswerSeed {
  readonly name: string;
  /** Latin-1. */
  readonly bytes: string;
  readonly method?: 'GET' | 'HEAD';
  readonly upgrade?: true;
  /** What it reads as; a pattern: refused with a flaw like that; null: the connection ended before it was whole. */
  readonly read: Partial<ReadAnswer> | RegExp | null;
  /** Where node's parser differs: why that is no harm, or why ours is right. */
  readonly node?: string;
}

const head = (...lines: string[]): string => `${lines.join('\r\n')}\r\n\r\n`;
const ok = (...lines: string[]): string => head('HTTP/1.1 200 OK', ...lines);
const chunked = (body: string): string => ok('Transfer-Encoding: chunked') + body;

const valid: readonly AnswerSeed[] = [
  {
    name: 'a length',
    bytes: `${ok('Content-Type: application/json', 'Content-Length: 2')}{}`,
    read: {
      status: 200,
      headers: [
        ['Content-Type', 'application/json'],
        ['Content-Length', '2'],
      ],
      body: '{}',
      persistent: true,
      leftover: '',
    },
  },
  { name: 'a length of nothing', bytes: ok('Content-Length: 0'), read: { body: '', persistent: true } },
  { name: 'no header at all', bytes: `${head('HTTP/1.1 200 OK')}all`, read: { body: 'all', persistent: false } },
  { name: 'chunks', bytes: chunked('3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n'), read: { body: 'abcde', persistent: true } },
  {
    name: 'chunk sizes in both cases',
    bytes: chunked('A\r\n0123456789\r\na\r\n0123456789\r\n0\r\n\r\n'),
    read: { body: '01234567890123456789' },
  },
  { name: 'a chunk size with zeros in front', bytes: chunked('0003\r\nabc\r\n000\r\n\r\n'), read: { body: 'abc' } },
  { name: 'a chunk extension', bytes: chunked('3;name=value\r\nabc\r\n0;last\r\n\r\n'), read: { body: 'abc' } },
  {
    name: 'data that looks like chunks',
    bytes: chunked('7\r\n0\r\n\r\n0\r\r\n0\r\n\r\n'),
    read: { body: '0\r\n\r\n0\r' },
  },
  {
    name: 'a trailer',
    bytes: chunked('3\r\nabc\r\n0\r\nExpires: never\r\nX: y\r\n\r\n'),
    read: { body: 'abc', headers: [['Transfer-Encoding', 'chunked']] },
  },
  { name: 'CHUNKED', bytes: `${ok('Transfer-Encoding: CHUNKED')}0\r\n\r\n`, read: { body: '' } },
  {
    name: 'an end of the connection as end',
    bytes: `${ok('Content-Type: text/plain')}until the end`,
    read: { body: 'until the end', persistent: false },
  },
  {
    name: 'Connection: close',
    bytes: `${ok('Connection: close', 'Content-Length: 2')}{}`,
    read: { body: '{}', persistent: false },
  },
  {
    name: 'Connection: Close among others',
    bytes: `${ok('Connection: x, Close', 'Content-Length: 2')}{}`,
    read: { persistent: false },
  },
  {
    name: 'HTTP/1.0',
    bytes: `${head('HTTP/1.0 503 Service Unavailable', 'Content-Length: 2')}no`,
    read: { status: 503, body: 'no', persistent: false },
  },
  { name: 'a reason without words', bytes: head('HTTP/1.1 200 ', 'Content-Length: 0'), read: { status: 200 } },
  { name: 'no reason and no space before it', bytes: head('HTTP/1.1 200', 'Content-Length: 0'), read: { status: 200 } },
  { name: 'a reason beyond ASCII', bytes: head('HTTP/1.1 200 gr\xfcn', 'Content-Length: 0'), read: { status: 200 } },
  {
    name: 'repeated headers',
    bytes: ok('Warning: 299 - "a"', 'warning: 299 - "b"', 'Content-Length: 0'),
    read: {
      headers: [
        ['Warning', '299 - "a"'],
        ['warning', '299 - "b"'],
        ['Content-Length', '0'],
      ],
    },
  },
  {
    name: 'white space around a value',
    bytes: ok('X:  \t a b\t ', 'Y:', 'Z: \t', 'Content-Length:0'),
    read: {
      headers: [
        ['X', 'a b'],
        ['Y', ''],
        ['Z', ''],
        ['Content-Length', '0'],
      ],
    },
  },
  {
    name: 'every character of a token',
    bytes: ok("!#$%&'*+-.^_`|~09azAZ: x", 'Content-Length: 0'),
    read: {
      headers: [
        ["!#$%&'*+-.^_`|~09azAZ", 'x'],
        ['Content-Length', '0'],
      ],
    },
  },
  {
    name: 'bytes beyond ASCII in a value',
    bytes: ok('X: gr\xfc\xdfe', 'Content-Length: 0'),
    read: {
      headers: [
        ['X', 'gr\xfc\xdfe'],
        ['Content-Length', '0'],
      ],
    },
  },
  {
    name: 'interim answers',
    bytes: `${head('HTTP/1.1 100 Continue')}${head('HTTP/1.1 103 Early Hints', 'Link: </a>')}${ok('Content-Length: 2')}{}`,
    read: { status: 200, body: '{}', headers: [['Content-Length', '2']], persistent: true },
  },
  {
    name: 'a HEAD with a length',
    method: 'HEAD',
    bytes: ok('Content-Length: 10'),
    read: { body: '', persistent: true },
  },
  {
    name: 'a HEAD with chunks',
    method: 'HEAD',
    bytes: ok('Transfer-Encoding: chunked'),
    read: { body: '', persistent: true },
  },
  { name: 'a 204', bytes: head('HTTP/1.1 204 No Content'), read: { status: 204, body: '', persistent: true } },
  {
    name: 'a 304 with a length',
    bytes: head('HTTP/1.1 304 Not Modified', 'ETag: "x"', 'Content-Length: 10'),
    read: { status: 304, body: '', persistent: true },
  },
  {
    name: 'an accepted upgrade',
    upgrade: true,
    bytes: `${head('HTTP/1.1 101 Switching Protocols', 'Connection: Upgrade', 'Upgrade: SPDY/3.1')}\x80\x03\x00\x01`,
    read: { status: 101, leftover: '\x80\x03\x00\x01' },
  },
  {
    name: 'an upgrade turned down',
    upgrade: true,
    bytes: `${head('HTTP/1.1 403 Forbidden', 'Content-Length: 2')}no`,
    read: { status: 403, body: 'no' },
  },
  {
    name: 'a second answer behind the first',
    bytes: `${ok('Content-Length: 2')}{}${ok('Content-Length: 0')}`,
    read: { body: '{}', leftover: ok('Content-Length: 0') },
  },
  {
    name: 'a body behind a 204',
    bytes: `${head('HTTP/1.1 204 No Content', 'Content-Length: 2')}{}`,
    read: { status: 204, body: '', leftover: '{}' },
    node: 'node gives up the whole answer; here it is whole, and the connection ends',
  },
  {
    name: 'a body behind the answer to a HEAD',
    method: 'HEAD',
    bytes: `${ok('Content-Length: 2')}{}`,
    read: { body: '', leftover: '{}' },
    node: 'node gives up the whole answer; here it is whole, and the connection ends',
  },
];

const hostile: readonly AnswerSeed[] = [
  { name: 'nothing', bytes: '', read: null },
  { name: 'half a head', bytes: 'HTTP/1.1 200 OK\r\nContent-', read: null },
  { name: 'half a body', bytes: `${ok('Content-Length: 10')}{}`, read: null },
  { name: 'half a chunk', bytes: chunked('a\r\nabc'), read: null },
  { name: 'chunks without the last', bytes: chunked('3\r\nabc\r\n'), read: null },
  { name: 'chunks without the end of the trailer', bytes: chunked('3\r\nabc\r\n0\r\n'), read: null },
  { name: 'another protocol', bytes: 'SSH-2.0-OpenSSH_9.9\r\n', read: /status line/ },
  { name: 'another protocol that waits in mid-line', bytes: '220 mail', read: /status line/ },
  { name: 'HTTP/2', bytes: '\x00\x00\x12\x04\x00\x00\x00\x00\x00', read: /status line/ },
  {
    name: 'HTTP/2.0 in words',
    bytes: head('HTTP/2.0 200 OK', 'Content-Length: 0'),
    read: /status line/,
    node: 'node takes any version of one digit each; another version may frame otherwise',
  },
  { name: 'HTTP/0.9', bytes: '<html>hello</html>', read: /status line/ },
  { name: 'lower case', bytes: head('http/1.1 200 OK', 'Content-Length: 0'), read: /status line/ },
  {
    name: 'an empty line in front',
    bytes: `\r\n${ok('Content-Length: 0')}`,
    read: /status line/,
    node: 'node passes over it; RFC 9112 section 2.2 allows that for requests only',
  },
  { name: 'a status of two digits', bytes: head('HTTP/1.1 20 OK', 'Content-Length: 0'), read: /status line/ },
  { name: 'a status of four digits', bytes: head('HTTP/1.1 2000 OK', 'Content-Length: 0'), read: /status line/ },
  {
    name: 'a status of 600',
    bytes: head('HTTP/1.1 600 OK', 'Content-Length: 0'),
    read: /status line/,
    node: 'node takes it; RFC 9110 section 15 knows five classes',
  },
  {
    name: 'a status of 099',
    bytes: head('HTTP/1.1 099 OK', 'Content-Length: 0'),
    read: /status line/,
    node: 'node takes it',
  },
  { name: 'two spaces before the status', bytes: head('HTTP/1.1  200 OK', 'Content-Length: 0'), read: /status line/ },
  {
    name: 'lone LFs',
    bytes: 'HTTP/1.1 200 OK\nContent-Length: 0\n\n',
    read: /lone LF/,
  },
  {
    name: 'a lone LF behind one header',
    bytes: 'HTTP/1.1 200 OK\r\nX: y\nContent-Length: 0\r\n\r\n',
    read: /forbids|lone LF/,
  },
  { name: 'a lone CR in a value', bytes: ok('X: a\rb', 'Content-Length: 0'), read: /forbids/ },
  { name: 'a lone CR behind a value', bytes: 'HTTP/1.1 200 OK\r\nX: a\rContent-Length: 0\r\n\r\n', read: /forbids/ },
  { name: 'a NUL in a value', bytes: ok('X: a\x00b', 'Content-Length: 0'), read: /forbids/ },
  { name: 'a NUL in a name', bytes: ok('X\x00Y: a', 'Content-Length: 0'), read: /forbids/ },
  { name: 'a DEL in a value', bytes: ok('X: a\x7fb', 'Content-Length: 0'), read: /forbids/ },
  {
    name: 'a control character in the reason',
    bytes: head('HTTP/1.1 200 O\x08K', 'Content-Length: 0'),
    read: /forbids/,
    node: 'node drops the reason unread; so does the gateway, but it looks first',
  },
  {
    name: 'a folded line',
    bytes: ok('X: a', ' b', 'Content-Length: 0'),
    read: /folded/,
  },
  { name: 'a folded line at once', bytes: ok(' X: a', 'Content-Length: 0'), read: /folded/ },
  { name: 'a space before the colon', bytes: `${ok('Content-Length : 2')}{}`, read: /valid name/ },
  { name: 'a tab before the colon', bytes: `${ok('Content-Length\t: 2')}{}`, read: /valid name/ },
  { name: 'a header without a colon', bytes: ok('Content-Length', 'X: y'), read: /valid name/ },
  { name: 'a header without a name', bytes: ok(': x', 'Content-Length: 0'), read: /valid name/ },
  { name: 'a name beyond ASCII', bytes: ok('\xdcber: x', 'Content-Length: 0'), read: /valid name/ },
  {
    name: 'two lengths that differ',
    bytes: `${ok('Content-Length: 2', 'Content-Length: 3')}{}`,
    read: /more than one Content-Length/,
  },
  {
    name: 'two lengths that agree',
    bytes: `${ok('Content-Length: 2', 'Content-Length: 2')}{}`,
    read: /more than one Content-Length/,
  },
  { name: 'two lengths in one line', bytes: `${ok('Content-Length: 2, 2')}{}`, read: /no number/ },
  { name: 'a negative length', bytes: ok('Content-Length: -1'), read: /no number/ },
  { name: 'a length with a sign', bytes: `${ok('Content-Length: +2')}{}`, read: /no number/ },
  { name: 'a length in hexadecimal', bytes: `${ok('Content-Length: 0x2')}{}`, read: /no number/ },
  { name: 'a length with a fraction', bytes: `${ok('Content-Length: 2.0')}{}`, read: /no number/ },
  { name: 'an empty length', bytes: `${ok('Content-Length: ')}{}`, read: /no number/ },
  { name: 'a length beyond all measure', bytes: `${ok('Content-Length: 99999999999999999999')}{}`, read: /no number/ },
  { name: 'a length with a space inside', bytes: `${ok('Content-Length: 2 3')}{}`, read: /no number/ },
  {
    name: 'a length and chunks',
    bytes: `${ok('Content-Length: 3', 'Transfer-Encoding: chunked')}2\r\nhi\r\n0\r\n\r\n`,
    read: /both/,
  },
  {
    name: 'chunks and a length',
    bytes: `${ok('Transfer-Encoding: chunked', 'Content-Length: 3')}2\r\nhi\r\n0\r\n\r\n`,
    read: /both/,
  },
  {
    name: 'two codings in two lines',
    bytes: `${ok('Transfer-Encoding: gzip', 'Transfer-Encoding: chunked')}0\r\n\r\n`,
    read: /more than one Transfer-Encoding/,
    node: 'node hands the inner coding on; nobody asked for one',
  },
  {
    name: 'chunked twice',
    bytes: `${ok('Transfer-Encoding: chunked', 'Transfer-Encoding: chunked')}0\r\n\r\n`,
    read: /more than one Transfer-Encoding/,
    node: 'node takes it',
  },
  {
    name: 'gzip, chunked',
    bytes: `${ok('Transfer-Encoding: gzip, chunked')}0\r\n\r\n`,
    read: /other than chunked/,
    node: 'node hands the inner coding on; nobody asked for one',
  },
  {
    name: 'chunked, identity',
    bytes: `${ok('Transfer-Encoding: chunked, identity')}0\r\n\r\n`,
    read: /other than chunked/,
    node: 'node reads until the end of the connection',
  },
  {
    name: 'identity',
    bytes: `${ok('Transfer-Encoding: identity')}{}`,
    read: /other than chunked/,
    node: 'node reads until the end of the connection',
  },
  {
    name: 'a coding with a trick character',
    bytes: `${ok('Transfer-Encoding: \x0bchunked')}0\r\n\r\n`,
    read: /forbids/,
  },
  {
    name: 'xchunked',
    bytes: `${ok('Transfer-Encoding: xchunked')}0\r\n\r\n`,
    read: /other than chunked/,
    node: 'node reads until the end of the connection',
  },
  {
    name: 'chunks in HTTP/1.0',
    bytes: `${head('HTTP/1.0 200 OK', 'Transfer-Encoding: chunked')}0\r\n\r\n`,
    read: /HTTP\/1\.0/,
    node: 'node takes it; RFC 9112 section 6.1 calls the framing faulty',
  },
  {
    name: 'a switch that nobody asked for',
    bytes: head('HTTP/1.1 101 Switching', 'Connection: Upgrade', 'Upgrade: websocket'),
    read: /nobody asked/,
  },
  {
    name: 'an interim answer with a length',
    bytes: `${head('HTTP/1.1 100 Continue', 'Content-Length: 2')}{}${ok('Content-Length: 0')}`,
    read: /interim/,
  },
  {
    name: 'an interim answer with chunks',
    bytes: `${head('HTTP/1.1 103 Early Hints', 'Transfer-Encoding: chunked')}0\r\n\r\n${ok('Content-Length: 0')}`,
    read: /interim/,
  },
  { name: 'a chunk size that is none', bytes: chunked('xyz\r\nabc\r\n0\r\n\r\n'), read: /hexadecimal/ },
  { name: 'an empty chunk size', bytes: chunked('\r\nabc\r\n0\r\n\r\n'), read: /hexadecimal/ },
  { name: 'a chunk size with 0x', bytes: chunked('0x3\r\nabc\r\n0\r\n\r\n'), read: /hexadecimal/ },
  { name: 'a negative chunk size', bytes: chunked('-3\r\nabc\r\n0\r\n\r\n'), read: /hexadecimal/ },
  { name: 'a space before a chunk size', bytes: chunked(' 3\r\nabc\r\n0\r\n\r\n'), read: /hexadecimal/ },
  { name: 'a space behind a chunk size', bytes: chunked('3 \r\nabc\r\n0\r\n\r\n'), read: /hexadecimal/ },
  {
    name: 'a chunk size beyond all measure',
    bytes: chunked('fffffffffffffffff\r\nabc\r\n0\r\n\r\n'),
    read: /beyond all measure/,
  },
  {
    name: 'a chunk size of a thousand zeros',
    bytes: chunked(`${'0'.repeat(1000)}3\r\nabc\r\n0\r\n\r\n`),
    read: /beyond all measure/,
    node: 'node takes any number of zeros',
  },
  {
    name: 'a chunk size that ends in a lone LF',
    bytes: chunked('3\nabc\r\n0\r\n\r\n'),
    read: /hexadecimal/,
  },
  { name: 'a chunk size that ends in a lone CR', bytes: chunked('3\rabc\r\n0\r\n\r\n'), read: /CR LF/ },
  { name: 'a chunk longer than it says', bytes: chunked('3\r\nabcd\r\n0\r\n\r\n'), read: /longer than it says/ },
  {
    name: 'a chunk that ends in a lone LF',
    bytes: chunked('3\r\nabc\n0\r\n\r\n'),
    read: /longer than it says/,
  },
  { name: 'a chunk that ends in two CRs', bytes: chunked('3\r\nabc\r\r\n0\r\n\r\n'), read: /longer than it says/ },
  { name: 'a chunk extension with a NUL', bytes: chunked('3;a\x00b\r\nabc\r\n0\r\n\r\n'), read: /extension/ },
  {
    name: 'a chunk extension with a lone LF',
    bytes: chunked('3;a\nabc\r\n0\r\n\r\n'),
    read: /extension/,
  },
  {
    name: 'a chunk extension without end',
    bytes: chunked(`3;${'a'.repeat(5000)}`),
    read: /extension/,
  },
  { name: 'a trailer without a colon', bytes: chunked('0\r\nnothing\r\n\r\n'), read: /valid name/ },
  {
    name: 'a trailer with a lone LF',
    bytes: chunked('0\r\nA: b\nC: d\r\n\r\n'),
    read: /lone LF/,
  },
  { name: 'a trailer with a lone CR', bytes: chunked('0\r\nA: b\rC: d\r\n\r\n'), read: /lone CR/ },
  {
    name: 'a folded trailer',
    bytes: chunked('0\r\nA: b\r\n c\r\n\r\n'),
    read: /folded/,
  },
  {
    name: 'a trailer without end',
    bytes: chunked(`0\r\n${'A: b\r\n'.repeat(5000)}`),
    read: /too long/,
  },
  { name: 'a head without end', bytes: `HTTP/1.1 200 OK\r\n${'X: y\r\n'.repeat(180_000)}`, read: /1 MiB/ },
  { name: 'one header without end', bytes: `HTTP/1.1 200 OK\r\nX: ${'y'.repeat(1_050_000)}`, read: /1 MiB/ },
  {
    name: 'a head that is whole, and too long',
    bytes: ok(`X: ${'y'.repeat(1_050_000)}`, 'Content-Length: 0'),
    read: /1 MiB/,
  },
  {
    name: 'a long run of spaces in a value',
    bytes: ok(`X: a${' '.repeat(60_000)}b`, 'Content-Length: 0'),
    read: { status: 200 },
  },
];

export const ANSWERS: readonly AnswerSeed[] = [...valid, ...hostile];
