/// <reference path="./.sst/platform/config.d.ts" />
export default $config({
  app() {
    return { name: "web", home: "aws", providers: { aws: { region: "eu-west-2" } } };
  },
  async run() {
    const uploads = new sst.aws.Bucket("Uploads");
    const jobs = new sst.aws.Queue("Jobs");
    jobs.subscribe("src/jobs.handler");
  },
});
