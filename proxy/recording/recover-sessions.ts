import type { GatewayLog } from '../gateway-log.ts';
import { recoverByteRecordings } from './byte-recording.ts';
import { recoverRecordings } from './recording-reader.ts';

/** Ends the recordings of streams that a crash of the gateway cut off. To be called before any is begun. */
export async function recoverSessions(folder: string, log: GatewayLog): Promise<void> {
  try {
    const recovered = [...(await recoverRecordings(folder)), ...(await recoverByteRecordings(folder))];
    if (recovered.length > 0)
      log.warn({ event: 'recordings-recovered', recovered }, 'Recordings that a crash cut off were ended');
  } catch (error) {
    // They are read as far as they go all the same.
    log.error({ event: 'recordings-unrecovered', error }, 'Recordings that a crash cut off could not be ended');
  }
}
