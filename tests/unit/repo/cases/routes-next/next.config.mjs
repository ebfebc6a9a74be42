export default {
  basePath: '/docs',
};
