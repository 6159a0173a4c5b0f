import { expect, type FrameLocator, type Locator, type Page } from '@playwright/test';
import type { Answer, Argument, Bridge, CallName, Reply, Screen } from '../../../preload/contract.ts';

/** A screen by the name that a person knows it by. */
export type ScreenName = Capitalize<Screen>;
export const SCREEN_NAMES: readonly ScreenName[] = [
  'Clusters',
  'Terminal',
  'Secrets',
  'Approvals',
  'Activity',
  'Recordings',
  'Settings',
];

/** Longer than the pointer must have been in a document that decides before its press counts. */
const LOOK_MS = 700;

/** The app's window, by what a person sees and hears in it. */
export class GatehouseWindow {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  get sidebar(): Locator {
    return this.page.getByRole('navigation', { name: 'Screens' });
  }
  heading(screen: ScreenName): Locator {
    return this.page.getByRole('heading', { level: 1, name: screen });
  }
  /** What is wrong for the whole window. */
  get notices(): Locator {
    return this.page.getByRole('status', { name: 'Notices' });
  }
  /** The panel of requests that wait, over the right of any screen. */
  get waiting(): Locator {
    return this.page.getByRole('region', { name: 'Waiting for you' });
  }
  /** The document of the request in that panel. */
  get waitingRequest(): FrameLocator {
    return this.page.frameLocator('iframe[title="The request that waits"]');
  }
  /** The document of the request that is chosen on the Approvals screen. */
  get chosenRequest(): FrameLocator {
    return this.page.frameLocator('iframe[title^="Request "]');
  }
  /** The document of the Secret that is chosen on the Secrets screen. */
  get secret(): FrameLocator {
    return this.page.frameLocator('iframe[title^="Secret "]');
  }
  list(name: string): Locator {
    return this.page.getByRole('grid', { name });
  }
  row(list: string, name: string | RegExp): Locator {
    return this.list(list).getByRole('row', { name });
  }

  async open(screen: ScreenName): Promise<void> {
    // While something waits, the button of Approvals also says how much.
    await this.sidebar.getByRole('button', { name: new RegExp(`^${screen}( \\d+ waiting)?$`) }).click();
    await expect(this.heading(screen)).toBeVisible();
  }

  /** Calls main over the bridge, as the page does. */
  invoke<Name extends CallName>(name: Name, argument: Argument<Name>): Promise<Reply<Answer<Name>>> {
    const call = (asked: { name: CallName; argument: unknown }) => {
      const { gatehouse } = window as unknown as { gatehouse: Bridge };
      return gatehouse.invoke(asked.name, asked.argument as never) as Promise<unknown>;
    };
    return this.page.evaluate(call, { name, argument }) as Promise<Reply<Answer<Name>>>;
  }

  /** The same right after a click in the main document, for a call that main makes by hand only (`main/bridge/hands.ts`). */
  async invokeByHand<Name extends CallName>(name: Name, argument: Argument<Name>): Promise<Reply<Answer<Name>>> {
    await this.sidebar.click({ position: { x: 1, y: 1 } });
    return this.invoke(name, argument);
  }

  /** Approves what waits in the panel, with a note where one is required. */
  async approve(note?: string): Promise<void> {
    await expect(this.waiting).toBeVisible();
    await this.decide(this.waitingRequest, 'Approve once', note);
    await expect(this.waiting).toBeHidden();
  }

  /** Decides in a document that shows a request, by mouse, as a person does who reads before they press. */
  async decide(request: FrameLocator, button: 'Approve once' | 'Deny', note?: string): Promise<void> {
    if (note !== undefined) await request.getByRole('textbox', { name: /^Note for the journal/ }).fill(note);
    const pressed = request.getByRole('button', { name: button });
    await pressed.hover();
    await expect(pressed).toBeEnabled();
    await pressed.click({ delay: LOOK_MS });
  }
}
