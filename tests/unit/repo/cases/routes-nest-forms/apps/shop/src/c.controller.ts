import { Controller, Get, Post, UseGuards, Version, All, VERSION_NEUTRAL } from '@nestjs/common';
@Controller({ path: 'health', version: VERSION_NEUTRAL })
export class HealthController { @Get() check() { return 'ok'; } }
@Controller({ path: 'cats', version: '1' })
export class CatsController {
  constructor(private cfg: ConfigService) { this.cfg.get<string>('CATS_DSN'); this.cfg.getOrThrow('CATS_KEY'); }
  @Get(':id') @UseGuards(JwtGuard) one(@Param('id') id: string) {}
  @Post(['a', 'b']) ab() {}
  @Version('2') @All('every') all() {}
  // @Get('old') old() {}
  @Get(BASE + '/sum') sum() {}
}
@Controller('dogs')
export class DogsController { @Get('x') x() {} }
