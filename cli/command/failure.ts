import { DiskError, isSystemError } from '../../proxy/disk-error.ts';
import { CommandError, exitCodes } from './exit-codes.ts';

/**
 * What was thrown, as the end of a command: a code says that the message is for people, and the system's own errors are
 * put into words. Anything else is a defect, and stays as it is, with its stack.
 */
export function failureOf(error: unknown): unknown {
  if (error instanceof CommandError || !(error instanceof Error)) return error;
  if (isSystemError(error)) {
    // A path that is not absolute counts from there.
    if (error.syscall === 'uv_cwd') {
      const gone = 'the folder that this was started in is gone: start it in another one';
      return new CommandError(exitCodes.failed, gone, { cause: error });
    }
    const { path, address, syscall } = error as NodeJS.ErrnoException & { readonly address?: string };
    const { message } = new DiskError(path ?? address ?? `what "${syscall}" was asked for`, 'used', error);
    return new CommandError(exitCodes.failed, message, { cause: error });
  }
  const { code } = error as { readonly code?: unknown };
  if (typeof code !== 'string' || code.startsWith('ERR_')) return error;
  return new CommandError(exitCodes.failed, error.message, { cause: error });
}
