import { choosesSecret, isCredentialName, isNoCredential } from './credential-name.ts';

/** What a setting that has a credential's name says when it holds none. */
export function isNoSecret(name: string, value: string): boolean {
  const text = value.trim();
  // Most cookies are named, and not set.
  if (/cookie/i.test(name) && !looksMade(text)) return true;
  if (text === '' || isNoCredential(name, text) || isReference(text) || choosesSecretIn(name, text)) return true;
  // `Bearer $TOKEN`, and the scheme where its credential is added elsewhere.
  const [, scheme = '', behind = ''] = /^(bearer|basic|token)\b[ \t]*(.*)$/i.exec(text) ?? [];
  if (scheme !== '' && (behind === '' ? /authoriz/i.test(name) : isReference(behind))) return true;
  // What is left of a value, a mark for what was taken out, a type.
  if (/^(?:[*xX.•_\\-]+|\[?redacted\]?|string|str|undefined|optional|required|default|auto)$/i.test(text)) return true;
  // What an expression looks for: `\S+`, `[^&]*`.
  if (/^\(?(?:\\[SsWwDd]|\.|\[\^?[^\]]*\])[+*]\??\)?$/.test(text)) return true;
  // Of nsswitch.conf: where accounts are looked up.
  if (/^(?:passwd|shadow)$/.test(name) && /^(?:files|compat|db|systemd|sss|ldap|winbind)\b/.test(text)) return true;
  // Times, counts and sizes: `refresh_token: 24h`. A number may be a PIN only where a password should be.
  if (/^\d+(?:ms|s|m|h|d|w|[kmg]i?b?)$/i.test(text)) return true;
  if (/^\d{1,9}$/.test(text) && !/pass|pw|secret|pin/i.test(name)) return true;
  if (
    /^\/(?:etc|var|run|opt|usr|home|tmp|mnt|secrets?|vault|data|app|config|srv|root|dev|proc|certs?|keys?)\/[\w./-]+$/.test(
      text,
    )
  )
    return true;
  if (/^[a-z][a-z0-9+.-]*:\/\/[^\s@?]*$/i.test(text) && !/dsn|conn/i.test(name)) return true;
  return !CALLED_ONE.test(name) && isSentence(text);
}

/** Names after which even a sentence is a pass phrase; `password.invalid` and `tokenExpired` are those of messages. */
const CALLED_ONE =
  /(?:^|[._-]|[a-z](?=[A-Z]))(?:password|passwd|passphrase|pwd|secret|token|api[_-]?key|credentials?)$/i;

function choosesSecretIn(name: string, value: string): boolean {
  return !/secret[-_]?key$/i.test(name) && choosesSecret(name, value);
}

/** A value that names where the credential is: a variable, a template, a lookup. */
export function isReference(text: string): boolean {
  return (
    // ${X}, ${X:-}, $(cat file), $X, $http_authorization
    /^\$(?:\{\??[\w.@/-]{1,200}(?::?[-=?]?)\}|\{(?:env|file|sys|vault|secrets?|sm|ssm):[^{}]{0,400}\}|\([^\n]*\)|\{\{[^\n]*\}\}|[A-Za-z_@][\w.]*(?:\{[^{}]*\})?)$/.test(
      text,
    ) ||
    /^(?:\{\{[^\n]*\}\}|\{%[^\n]*%\}|<%[^\n]*%>|<[\w .|/-]+>|%\([\w.-]+\)s|%\{?[\w.:-]+\}?%?|@[\w.-]+@|__\w+__|`[^\n]*`|\{\w+(?:\.\w+)*\})$/.test(
      text,
    ) ||
    // "$(cat "${FILE}")": a quote inside of the command is taken for the one that closes the value.
    /^\$\((?:<|(?:cat|head|tail|tr|cut|sed|awk|base64|jq|yq|openssl|kubectl|vault|aws|gcloud|az)\b)[^\n)]*$/.test(
      text,
    ) ||
    /^(?:ref\+\w+|vault|env|file|secretsmanager|ssm|gcpsm|awssm|keyring):\S+$/i.test(text) ||
    /^!(?:vault|env|ref|secret|file)\b/i.test(text)
  );
}

/** Code, and no value: `getToken()`, `os.environ["TOKEN"]`, `config.password`, `await x`. */
export function isExpression(text: string): boolean {
  if (/^[A-Za-z_$][\w.$]*[ \t]*(?:\(.*\)?|\[.*\]|=[ \t].*|\?.*:.*)$/.test(text)) return true;
  if (/^(?:\{(?!\{)|!!(?!str\b)|!\(|void 0|\(.*,.*\))/.test(text)) return true;
  if (/^(?:await|new|return|function|lambda|not|if|func|async)[ \t]/.test(text)) return true;
  // What follows `||` is a value of its own, unless there is none.
  const given = text.replace(/[ \t]*(?:\|\||\?\?|\bor\b)[ \t]*(?:''|""|``|null|undefined|None)$/, '');
  const last = /^[A-Za-z_]\w*(?:\.\w+)*\.(\w+)$/.exec(given)?.[1];
  return last !== undefined && isCredentialName(last);
}

/** Of people's words, not of a machine's: `The token has expired`. */
function isSentence(text: string): boolean {
  const words = text.split(/\s+/);
  if (words.length < 3) return false;
  return /(?:^|\s)(?:the|a|an|is|are|has|was|be|to|must|not|your|of|for|and|or|in|with|please|from|this|that)(?:\s|$)/i.test(
    text,
  );
}

/** A setting that is commented out shows how it is written, unless its value looks made by a machine. */
export function looksMade(value: string): boolean {
  return value.length >= 10 && !/\s/.test(value) && /\d/.test(value) && /[A-Za-z]/.test(value);
}
