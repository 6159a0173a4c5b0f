let sessions = 0;

/** The number by which workers know one answer or body. */
export function nextSession(): number {
  sessions += 1;
  return sessions;
}
