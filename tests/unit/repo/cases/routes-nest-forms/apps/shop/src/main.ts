import { NestFactory } from '@nestjs/core';
import { VersioningType } from '@nestjs/common';
async function bootstrap() {
  const app = await NestFactory.create(AppModule);
  app.setGlobalPrefix('api', { exclude: ['health', 'open/(.*)'] });
  app.enableVersioning({ type: VersioningType.URI, defaultVersion: '3' });
  await app.listen(3000);
}
bootstrap();
