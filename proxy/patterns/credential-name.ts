/** Words that make a name that of a credential, wherever they stand among its words. */
const WORDS: ReadonlySet<string> = new Set([
  'pass',
  'passw',
  'pw',
  'pwd',
  'token',
  'tokens',
  'creds',
  'cred',
  'dsn',
  'sas',
  'authorization',
  'cookie',
  'jwt',
  'bearer',
]);

/** Parts that do it inside a word too, as in `PGPASSWORD` and `clientsecret`. */
const PARTS =
  /passw(?:or)?d|passphrase|passwort|secret|credential|apikey|privatekey|accesskey|accountkey|secretkey|signingkey|encryptionkey|masterkey|authkey|authtoken|accesstoken|refreshtoken|identitytoken|registrytoken|conn(?:ection)?str/;

/** Words that, before `key`, make it one that must not be seen. */
const KEYS: ReadonlySet<string> = new Set([
  'api',
  'private',
  'access',
  'account',
  'signing',
  'encryption',
  'master',
  'auth',
  'session',
  'service',
  'license',
  'shared',
]);

/** Last words of names that only point at a credential, or say something about it. */
const POINTERS: ReadonlySet<string> = new Set([
  'file',
  'files',
  'path',
  'paths',
  'dir',
  'directory',
  'name',
  'names',
  'namespace',
  'ref',
  'type',
  'types',
  'class',
  'kind',
  'url',
  'urls',
  'uri',
  'uris',
  'endpoint',
  'endpoints',
  'host',
  'hosts',
  'port',
  'address',
  'ttl',
  'expiry',
  'expiration',
  'seconds',
  'timeout',
  'duration',
  'interval',
  'enabled',
  'disabled',
  'required',
  'length',
  'size',
  'count',
  'limit',
  'issuer',
  'issuers',
  'audience',
  'audiences',
  'algorithm',
  'algorithms',
  'provider',
  'providers',
  'version',
  'store',
  'backend',
  'engine',
  'mount',
  'used',
  'mode',
  'lifetime',
  'lifespan',
  'age',
  'policy',
  'policies',
  'format',
  'strategy',
  'header',
  'headers',
  'claim',
  'claims',
  'field',
  'fields',
  'scope',
  'scopes',
  'method',
  'methods',
  'prefix',
  'suffix',
  'template',
  'templates',
  'regex',
  'min',
  'max',
  'attempts',
  'retries',
  'rounds',
  'samesite',
  'secure',
  'httponly',
  'domain',
  'encryption',
  'source',
  'location',
  'rotation',
  'cache',
  'review',
  'reviews',
  'alg',
  'validation',
  'spec',
]);

/** Names that choose a Secret instead of holding a credential. */
const CHOOSES =
  /(?:^|[._/-])existing|pull[-_]?secrets?$|secret[-_]?name$|^secret[-_]?keys$|(?:^|[/_-])auth-(?:tls-)?secret$/i;

/** Names that choose a key of a Secret, unless the key of a signature is meant. */
const CHOOSES_KEY = /(?:secret|password|token|user|username)[-_]?keys?$/i;

/** As keys of Secrets are called: words. */
const WORDS_ONLY = /^[A-Za-z]+(?:[-._][A-Za-z]+)*$/;

/** Words before `pass` with which it says where something is passed on to: directives of nginx. */
const PASSES_ON: ReadonlySet<string> = new Set(['proxy', 'fastcgi', 'uwsgi', 'scgi', 'grpc', 'memcached', 'tunnel']);

/** Accounts whose names are written in one word with `pass`. */
const ONE_WORD = /^(?:db|user|admin|root|mysql|redis|require|pg|smtp|mail|ldap|bind|ftp)pass$|^masterauth$/;

/**
 * Whether a name (of an environment variable, a flag, a header, a parameter, a key) says that its value is a
 * credential. `DB_PASSWORD`, `apiKey`, `--client-secret`, `PGPASSWORD` do; `PASSWORD_FILE`, `secretName`, `COMPASS_URL`
 * do not.
 */
export function isCredentialName(name: string): boolean {
  // Longer than any name that says something: nobody knows what it says.
  if (name.length > 200) return true;
  const known = JUDGED.get(name);
  if (known !== undefined) return known;
  const judged = judge(name);
  // The same names come again in each object of a list.
  if (JUDGED.size >= MOST_JUDGED) JUDGED.clear();
  JUDGED.set(name, judged);
  return judged;
}

const JUDGED = new Map<string, boolean>();
const MOST_JUDGED = 5000;

function judge(name: string): boolean {
  const words = wordsOf(name);
  const last = words.at(-1) ?? '';
  if (POINTERS.has(last)) return false;
  // `inject-ca-from-secret` (cert-manager) says where to look.
  if (words.at(-2) === 'from') return false;
  for (const [index, word] of words.entries()) {
    if (word === 'pass' && PASSES_ON.has(words[index - 1] ?? '')) continue;
    if (WORDS.has(word) || PARTS.test(word) || ONE_WORD.test(word)) return true;
    if (word === 'key' && KEYS.has(words[index - 1] ?? '')) return true;
    if ((word === 'str' || word === 'string') && /^conn(?:ection)?$/.test(words[index - 1] ?? '')) return true;
  }
  return false;
}

/**
 * Whether a name says that its value chooses a Secret (`existingSecret`) or a key in one (`passwordKey: db-password`).
 */
export function choosesSecret(name: string, value: string): boolean {
  return CHOOSES.test(name) || (CHOOSES_KEY.test(name) && WORDS_ONLY.test(value));
}

/** `DB_PASSWORD`, `dbPassword`, `db.password` and `--db-password` are the words db and password. */
function wordsOf(name: string): string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
}

/** Values that are no credential whatever the name: `true`, `8`, `$(OTHER)`, which names a variable. */
export function isNoCredential(name: string, value: string): boolean {
  if (value === '' || /^(?:true|false|yes|no|on|off|null|none|nil)$/i.test(value)) return true;
  if (/^\$(?:\([A-Za-z_]\w*\)|\{[A-Za-z_]\w*\}|[A-Za-z_]\w*)$/.test(value)) return true;
  // MAX_TOKENS=4096
  return /tokens/i.test(name) && /^\d{1,9}$/.test(value);
}
