@Controller('spec')
export class Spec { @Get() x() {} }
