import { startDemo } from './environment/demo.ts';
import { describeCiRecipe } from './suites/ci-recipe.ts';

describeCiRecipe(() => startDemo({ isBrisk: true }));
