import { expect, test } from 'vitest';
import { tellDocuments } from '../../../main/bridge/tell-documents.ts';

const main = { origin: 'app://gatehouse', parent: null };

/** A window with our documents and one that is none. */
function setUp() {
  const heard: unknown[][] = [];
  const frames = [
    main,
    ...['app://terminal', 'app://approvals', 'app://secret', 'https://example.com'].map((origin) => ({
      origin,
      parent: main,
    })),
  ].map((frame) => ({ ...frame, send: (...message: unknown[]) => heard.push([frame.origin, ...message]) }));
  return { contents: { mainFrame: { framesInSubtree: frames } } as never, heard };
}

test('an event goes to the documents that the contract names for it', () => {
  const { contents, heard } = setUp();
  tellDocuments(contents, 'window.left', undefined);
  tellDocuments(contents, 'terminals.changed', []);
  tellDocuments(contents, 'approvals.changed', {} as never);
  expect(heard.map(([origin, , name]) => [origin, name])).toEqual([
    ['app://secret', 'window.left'],
    ['app://gatehouse', 'terminals.changed'],
    ['app://gatehouse', 'approvals.changed'],
    ['app://approvals', 'approvals.changed'],
    ['app://secret', 'approvals.changed'],
  ]);
});
