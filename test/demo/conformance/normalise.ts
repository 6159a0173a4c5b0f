import { parse } from 'yaml';

/** An answer without what differs from run to run. */
export interface ComparableAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed where it is JSON; a list of events for a watch. */
  readonly body: unknown;
}

/** Headers whose values clients act on; of the first two it only matters that they are there. */
const presence = ['audit-id', 'etag'];
const compared = ['content-type', 'warning', 'retry-after', 'cache-control', 'vary', 'x-content-type-options', 'allow'];

export function comparableHeaders(headers: Readonly<Record<string, string | string[] | undefined>>) {
  const found: Record<string, string> = {};
  for (const name of presence) if (headers[name] !== undefined) found[name] = 'present';
  for (const name of compared) {
    const value = headers[name];
    if (value !== undefined) found[name] = varied(Array.isArray(value) ? value.join(', ') : value);
  }
  return found;
}

/** Texts in place of ids, times, versions, addresses and generated names. */
function varied(text: string): string {
  return text
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<uid>')
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, '<time>')
    .replace(/made-[a-z0-9]{5}\b/g, 'made-<name>')
    .replace(/kube-api-access-[a-z0-9]{5}\b/g, 'kube-api-access-<name>')
    .replace(/^(\d+[smhd])+$/, '<age>')
    .replace(/127\.0\.0\.1:\d+/g, '<address>')
    .replace(/eyJ[\w-]+\.[\w-]+\.[\w-]+/g, '<token>')
    .replace(/resourceVersion: "?\d+"?/g, 'resourceVersion: <version>')
    .replace(/(resourceVersion\\*":\\*")\d+/g, '$1<version>')
    .replace(/current: \d+/g, 'current: <version>')
    .replace(/the ResourceVersion in record \(\d+\)/g, 'the ResourceVersion in record (<version>)');
}

const versionFields = new Set(['resourceVersion', 'continue', 'currentResourceVersion']);
const buildFields = new Set([
  'gitVersion',
  'gitTreeState',
  'gitCommit',
  'buildDate',
  'goVersion',
  'compiler',
  'platform',
]);

function normalised(value: unknown, field = ''): unknown {
  if (typeof value === 'string') {
    if (versionFields.has(field)) return value === '' ? '' : '<version>';
    if (buildFields.has(field)) return '<build>';
    return varied(value);
  }
  if (Array.isArray(value)) return value.map((item) => normalised(item));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, normalised(item, key)]));
}

/** A body, parsed where it is JSON or YAML. */
export function comparableBody(text: string, contentType = ''): unknown {
  if (contentType === 'application/yaml') return normalised(parse(text, { schema: 'core' }));
  try {
    return normalised(JSON.parse(text));
  } catch {
    return varied(text);
  }
}

/** The places where two values differ: path, and both sides. */
export interface Difference {
  readonly path: string;
  readonly real: unknown;
  readonly demo: unknown;
}

/** @param contained a list of `real` may hold more than that of `demo`; items go by name. */
export function differences(real: unknown, demo: unknown, contained: boolean, path = ''): Difference[] {
  if (Array.isArray(real) && Array.isArray(demo)) {
    if (contained && demo.every((item) => keyOf(item) !== null)) {
      return demo.flatMap((item) => {
        const other = real.find((candidate) => keyOf(candidate) === keyOf(item));
        return differences(other, item, contained, `${path}[${keyOf(item)}]`);
      });
    }
    const length = Math.max(real.length, demo.length);
    return Array.from({ length }, (_, index) => index).flatMap((index) =>
      differences(real[index], demo[index], contained, `${path}[${index}]`),
    );
  }
  if (isRecord(real) && isRecord(demo)) {
    const keys = [...new Set([...Object.keys(real), ...Object.keys(demo)])].sort();
    return keys.flatMap((key) => differences(real[key], demo[key], contained, path === '' ? key : `${path}.${key}`));
  }
  return Object.is(real, demo) ? [] : [{ path, real, demo }];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What an item of a discovery document is known by. */
function keyOf(item: unknown): string | null {
  if (!isRecord(item)) return null;
  const metadata = isRecord(item['metadata']) ? item['metadata']['name'] : undefined;
  const key =
    item['name'] ?? metadata ?? item['resource'] ?? item['subresource'] ?? item['groupVersion'] ?? item['version'];
  return typeof key === 'string' ? key : null;
}
