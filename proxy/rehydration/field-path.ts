/** One step down into a value: a key, or the place in a list. */
export type Step = string | number;

export type Path = readonly Step[];

/** As Kubernetes writes field paths: `data.password`, `data[ca.crt]`, `spec.containers[0].env[1].value`. */
export function fieldOf(path: Path): string {
  let field = '';
  for (const step of path) {
    if (typeof step === 'number' || !/^[-\w]+$/.test(step)) field += `[${step}]`;
    else field += field === '' ? step : `.${step}`;
  }
  return field;
}

/** The steps of a JSON Pointer (RFC 6901); all of them are keys, because only the document says which are places. */
export function stepsOfPointer(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** Whether a field is helm's, which is compressed by its nature and put back from within. */
export function isRelease(path: Path): boolean {
  return path.length === 2 && path[1] === 'release' && (path[0] === 'data' || path[0] === 'stringData');
}
