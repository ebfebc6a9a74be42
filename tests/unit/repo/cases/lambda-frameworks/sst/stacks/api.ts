import { Api, Job, Queue } from "sst/constructs";

export function ApiStack({ stack }) {
  const queue = new Queue(stack, "Mail", { consumer: "mail.handler" });
  new Job(stack, "Resize");
  return new Api(stack, "Front", {
    routes: {
      "GET /parcels": "list.handler",
      "POST /parcels/{id}": "send.handler",
    },
  });
}
