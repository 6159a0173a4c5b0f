import { afterAll, beforeAll, expect } from 'vitest';
import type { RunningGateway } from '../environment/running-gateway.ts';

/** A namespace with one running pod `web`, for the suite around this call: one port speaks HTTP, one sends back what it gets. */
export function podForSuite(environment: () => RunningGateway, namespace: string): void {
  const spec = {
    containers: [
      {
        name: 'web',
        image: 'registry.example/web:1',
        ports: [{ name: 'http', containerPort: 8080 }, { containerPort: 9000 }],
      },
    ],
  };
  const input = JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web', namespace }, spec });

  beforeAll(async () => {
    const { directly } = environment();
    await directly(['create', 'namespace', namespace]);
    // The account comes from a controller, a moment after the namespace.
    for (let tries = 0; tries < 50; tries += 1) {
      const { code } = await directly(['apply', '-f', '-'], { input });
      if (code === 0) break;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    const ready = await directly(['-n', namespace, 'wait', '--for=condition=Ready', 'pod/web', '--timeout=120s']);
    expect(ready.stderr).toBe('');
  });
  afterAll(async () => {
    await environment().directly(['delete', 'namespace', namespace, '--wait=false']);
  });
}
