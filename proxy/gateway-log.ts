/** pino-compatible sink of the gateway's own log. Carries no Secret material. */
export interface GatewayLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}
