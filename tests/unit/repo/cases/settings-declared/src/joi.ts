const env = require("env-var");
import Joi from 'joi';
ConfigModule.forRoot({ validationSchema: Joi.object({ JOI_URL: Joi.string().required(), JOI_PORT: Joi.number().default(3000) }) });
const c = convict({ port: { env: 'CONVICT_PORT', default: 1 } });
configService.get('JOI_URL'); configService.getOrThrow<string>('THROWN');
env.get('VAR_REQ').required().asString();
