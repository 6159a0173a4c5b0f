import type { DocumentName } from '../../preload/contract.ts';

export const SCHEME = 'app';
export const MAIN_ORIGIN = 'app://gatehouse';
export const PLAYER_ORIGIN = 'app://player';
export const POLICY_ORIGIN = 'app://policy';
export const SIGN_IN_ORIGIN = 'app://sign-in';

const STRICT = {
  'default-src': "'none'",
  'script-src': "'self'",
  'img-src': "'self' data:",
  'font-src': "'self'",
  'connect-src': "'none'",
  'base-uri': "'none'",
  'form-action': "'none'",
  'object-src': "'none'",
} as const;

/**
 * The Content-Security-Policy header of a document.
 *
 * Only what was measured to be needed is loosened: xterm writes inline styles (without `'unsafe-inline'` it draws no
 * colours), asciinema-player compiles WebAssembly, Mantine injects style elements that carry our nonce.
 */
export function contentSecurityPolicy(host: DocumentName, nonce: string): string {
  const own: Record<DocumentName, Record<string, string>> = {
    gatehouse: {
      'style-src': `'self' 'nonce-${nonce}'`,
      'frame-src': 'app://terminal app://approvals app://secret',
      'frame-ancestors': "'none'",
    },
    terminal: { 'style-src': "'self' 'unsafe-inline'", 'frame-ancestors': MAIN_ORIGIN },
    approvals: { 'style-src': `'self' 'nonce-${nonce}'`, 'frame-ancestors': MAIN_ORIGIN },
    secret: { 'style-src': `'self' 'nonce-${nonce}'`, 'frame-ancestors': MAIN_ORIGIN },
    player: {
      'script-src': "'self' 'wasm-unsafe-eval'",
      'style-src': `'self' 'nonce-${nonce}'`,
      'frame-ancestors': "'none'",
    },
    policy: { 'style-src': `'self' 'nonce-${nonce}'`, 'frame-ancestors': "'none'" },
    'sign-in': { 'style-src': `'self' 'nonce-${nonce}'`, 'frame-ancestors': "'none'" },
  };
  return Object.entries({ ...STRICT, ...own[host] })
    .map(([directive, sources]) => `${directive} ${sources}`)
    .join('; ');
}
