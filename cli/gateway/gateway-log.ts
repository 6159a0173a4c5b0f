import { type DestinationStream, pino } from 'pino';
import { type GatewayLog, logSerializers } from '../../proxy/gateway-log.ts';

/** The log of a headless gateway: pino's lines. */
export function gatewayLog(destination: DestinationStream): GatewayLog {
  return pino({ base: null, timestamp: pino.stdTimeFunctions.isoTime, serializers: logSerializers }, destination);
}
