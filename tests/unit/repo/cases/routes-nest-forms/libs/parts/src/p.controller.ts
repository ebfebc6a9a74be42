import { Controller, Get } from '@nestjs/common';
@Controller('parts')
export class PartsController { @Get() list() {} }
