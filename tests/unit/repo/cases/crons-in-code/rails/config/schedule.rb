every 3.hours do
  runner "MyModel.some_process"
end
every 1.day, at: '4:30 am' do
  rake "x"
end
