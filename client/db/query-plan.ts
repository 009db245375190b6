import { addRxPlugin, type RxPlugin } from "rxdb/plugins/core";
import { indexFor } from "./indexes.ts";

const chooseIndexes: RxPlugin = {
  name: "mochila-indexes",
  rxdb: true,
  hooks: {
    prePrepareQuery: {
      after: ({ rxQuery, mangoQuery }) => {
        if (mangoQuery.index) return;
        const index = indexFor(rxQuery.collection.name, mangoQuery.selector);
        if (index) mangoQuery.index = index;
      },
    },
  },
};

/** Makes RxDB run every query over an index that holds all it asks for. Adding it twice changes nothing. */
export const useCompleteIndexes = (): void => addRxPlugin(chooseIndexes);
