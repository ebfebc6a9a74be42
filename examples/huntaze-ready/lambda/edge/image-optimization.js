'use strict';

exports.handler = async (event) => {
  const request = event.Records[0].cf.request;
  const accept = request.headers.accept ? request.headers.accept[0].value : '';
  if (/\.(jpe?g|png)$/.test(request.uri) && accept.includes('image/webp')) {
    request.uri = request.uri.replace(/\.(jpe?g|png)$/, '.webp');
  }
  return request;
};
