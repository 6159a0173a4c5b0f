import { headersOf, refuseUpgrade, type Upgrade } from './upgrade.ts';

const versionHeader = 'X-Stream-Protocol-Version';

/**
 * Answers a request for SPDY/3.1 with the first of our protocols that the client offers, one in each header line.
 * @returns false when it was refused: 400 without an offer, 403 with the list of ours, as streaming's `Handshake`.
 */
export function acceptSpdy(upgrade: Upgrade, protocols: readonly string[]): boolean {
  const offered = headersOf(upgrade).all(versionHeader);
  if (offered.length === 0) {
    refuseUpgrade(upgrade, '400 Bad Request', { body: `unable to upgrade: ${versionHeader} is required` });
    return false;
  }
  const protocol = protocols.find((known) => offered.includes(known));
  if (protocol === undefined) {
    refuseUpgrade(upgrade, '403 Forbidden', {
      headerLines: protocols.map((known) => `X-Accepted-Stream-Protocol-Versions: ${known}`),
      body: `unable to upgrade: unable to negotiate protocol: client supports [${offered.join(' ')}], server accepts [${protocols.join(' ')}]`,
    });
    return false;
  }
  const lines = [
    'HTTP/1.1 101 Switching Protocols',
    ...upgrade.headerLines,
    'Connection: Upgrade',
    'Upgrade: SPDY/3.1',
    `${versionHeader}: ${protocol}`,
  ];
  upgrade.socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  if (upgrade.head.length > 0) upgrade.socket.unshift(upgrade.head);
  return true;
}
