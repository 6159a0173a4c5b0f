import { randomBytes } from 'node:crypto';
import { readFile, realpath } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';
import type { DocumentName } from '../../preload/contract.ts';
import { contentSecurityPolicy } from './content-security-policy.ts';

/** Where each document's HTML lies inside the built renderer. */
const DOCUMENTS: Record<DocumentName, string> = {
  gatehouse: 'index.html',
  terminal: 'terminal-frame/index.html',
  player: 'player/index.html',
  approvals: 'approvals-frame/index.html',
  secret: 'secret-frame/index.html',
  policy: 'policy-review/index.html',
  'sign-in': 'sign-in/index.html',
};

const MEDIA_TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
};

/** Stands in the HTML where the document's own nonce goes, so that libraries that inject styles can read it. */
const NONCE_PLACEHOLDER = '__CSP_NONCE__';

/** Answers requests for `app://<document>/…` from the built renderer and from nowhere else. */
export function appFiles(
  root: string,
): (request: { readonly url: string; readonly method: string }) => Promise<Response> {
  return async ({ url, method }) => {
    if (method !== 'GET') return refuse(405);
    const target = targetOf(url);
    if (!target) return refuse(404);
    const file = await contained(root, target.path);
    const mediaType = file && MEDIA_TYPES[extname(file)];
    if (!file || !mediaType) return refuse(404);

    const headers: Record<string, string> = {
      'content-type': mediaType,
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      // A name that is looked up tells its server something too.
      'x-dns-prefetch-control': 'off',
    };
    const bytes = await readFile(file);
    if (extname(file) !== '.html') return new Response(new Uint8Array(bytes), { headers });
    const nonce = randomBytes(16).toString('base64');
    headers['content-security-policy'] = contentSecurityPolicy(target.host, nonce);
    return new Response(bytes.toString('utf8').replaceAll(NONCE_PLACEHOLDER, nonce), { headers });
  };
}

function targetOf(url: string): { host: DocumentName; path: string } | null {
  if (!URL.canParse(url)) return null;
  const { host, pathname } = new URL(url);
  if (!Object.hasOwn(DOCUMENTS, host)) return null;
  const document = host as DocumentName;
  const path = decoded(pathname);
  if (path === '/' || path === '/index.html') return { host: document, path: DOCUMENTS[document] };
  // Only its own document is a document: another's HTML under this origin would get this origin's policy.
  return path === null || path.endsWith('.html') ? null : { host: document, path };
}

function decoded(pathname: string): string | null {
  try {
    return decodeURIComponent(pathname);
  } catch {
    return null;
  }
}

/** The real path, or null when it does not exist or links or dots lead out of the folder. */
async function contained(root: string, path: string): Promise<string | null> {
  if (path.includes('\0')) return null;
  try {
    const [folder, file] = await Promise.all([realpath(root), realpath(join(root, path))]);
    return file.startsWith(folder + sep) ? file : null;
  } catch {
    return null;
  }
}

function refuse(status: number): Response {
  return new Response(null, { status });
}
