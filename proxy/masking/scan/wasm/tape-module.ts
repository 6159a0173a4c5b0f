import { JSON_TAPE } from './json-tape.generated.ts';

/** Bytes that are scanned with one call. */
export const PIECE_BYTES = 64 * 1024;

/** Where things lie in the module's memory; see assembly/json-tape.ts. Bytes. */
const LAYOUT = { registers: 1024, stack: 2048, piece: 65536, tape: 131088 } as const;
const STACK_BYTES = 512;
const TAPE_TOKENS = 8192;

/** One copy of the compiled scanner with its memory. */
export interface TapeInstance {
  readonly registers: Int32Array;
  readonly stack: Uint8Array;
  readonly piece: Uint8Array;
  readonly tape: Int32Array;
  /** Scans the piece's bytes [from, to) until their end, a full tape or a problem, and says where it stopped. */
  readonly scan: (from: number, to: number, manyRoots: number) => number;
}

/** What of WebAssembly is used; the types of Node leave it to those of browsers. */
interface WebAssemblyApi {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: Record<string, unknown> };
}

let compiled: { readonly api: WebAssemblyApi; readonly module: object } | null | undefined;

/** Instances that nobody scans with. A scan inside a scan (last-applied) takes another one. */
const free: TapeInstance[] = [];

/** Whether the compiled scanner can be used: where WebAssembly is switched off (`--jitless`) it cannot. */
export function hasTape(): boolean {
  compiled ??= compile();
  return compiled !== null;
}

/** Compiles the scanner where it can be, so that the first answer does not wait for that. */
export function prepareTape(): void {
  if (hasTape()) giveBack(takeTape());
}

/** An instance for one scan; to be given back with {@link giveBack}. */
export function takeTape(): TapeInstance {
  return free.pop() ?? instantiate();
}

export function giveBack(instance: TapeInstance): void {
  free.push(instance);
}

function compile() {
  try {
    const api = (globalThis as { WebAssembly?: WebAssemblyApi }).WebAssembly;
    return api === undefined ? null : { api, module: new api.Module(Buffer.from(JSON_TAPE, 'base64')) };
  } catch {
    return null;
  }
}

function instantiate(): TapeInstance {
  if (!hasTape() || !compiled) throw new Error('WebAssembly is not available');
  const { exports } = new compiled.api.Instance(compiled.module, {});
  const { buffer } = exports['memory'] as { readonly buffer: ArrayBuffer };
  return {
    registers: new Int32Array(buffer, LAYOUT.registers, 8),
    stack: new Uint8Array(buffer, LAYOUT.stack, STACK_BYTES),
    piece: new Uint8Array(buffer, LAYOUT.piece, PIECE_BYTES),
    tape: new Int32Array(buffer, LAYOUT.tape, TAPE_TOKENS * 3),
    scan: exports['scan'] as TapeInstance['scan'],
  };
}
