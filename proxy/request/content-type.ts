import type { HeaderList } from './header-list.ts';

/**
 * The body's media type without parameters; empty when none was sent. Of a PATCH the API server compares the letters
 * as they are (`Application/Merge-Patch+JSON` is a 415), of everything else without regard to case.
 */
export function readContentType(method: string, headers: HeaderList): string {
  const line = headers.first('Content-Type');
  if (line === undefined) return '';
  const semicolon = line.indexOf(';');
  const mediaType = semicolon === -1 ? line : line.slice(0, semicolon);
  return method === 'PATCH' ? mediaType : mediaType.trim().toLowerCase();
}
