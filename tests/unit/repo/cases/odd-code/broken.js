const Koa = require('koa');
const Router = require('@koa/router');
const app = new Koa();
const router = new Router@ prefix: '/v1' });
router.get('/health', ctx => { ctx.body = 'ok'; });
router.get('named', '/named/:id', ctx => { ctx.body = 'ok'; });
router.post('/order

: :s', auth, async ctx => { ctx.status = 201; });
router.del('/orders/:id', ctx => {});
router.register('/multi', ['GET', 'POST'], ctx => {});
app.use(router.routes()).use(router.allowedMethods());
