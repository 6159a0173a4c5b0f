import { shell } from 'electron';

/** The only places outside the app that it ever opens in the browser. */
const HOSTS: ReadonlySet<string> = new Set(['kubernetes.io', 'docs.asciinema.org', 'github.com']);

/** Whether a link may leave the app: https, an exact host, no credentials and no port in it. */
export function mayOpen(link: string): boolean {
  if (!URL.canParse(link)) return false;
  const { protocol, hostname, port, username, password } = new URL(link);
  return protocol === 'https:' && HOSTS.has(hostname) && port === '' && username === '' && password === '';
}

/** Opens a link in the person's browser; anything that {@link mayOpen} refuses is logged and goes nowhere. */
export async function openExternal(link: string, log: (line: string) => void): Promise<void> {
  if (!mayOpen(link)) {
    log('refused to open a link outside the allow-list');
    return;
  }
  await shell.openExternal(link);
}
