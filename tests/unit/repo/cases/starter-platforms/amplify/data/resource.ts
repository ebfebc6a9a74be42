import { a, defineData, type ClientSchema } from "@aws-amplify/backend";
const schema = a.schema({
  Note: a
    .model({ text: a.string() }),
  Tag: a.model({ name: a.string() }),
});
export const data = defineData({ schema });
