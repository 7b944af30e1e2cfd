# The packages of a folder of web/, for what the build bundles: noctule_web(FOLDER what) copies the lists of packages into the build
# folder, installs them there, so that the project stays clean, and sets web (the sources), web_build (where they are bundled),
# web_sources, and NODE. What is built from them depends on ${web_build}/packages.stamp.
find_program(NODE node)
find_program(NPM npm)

macro(noctule_web folder what)
  if(NOT NODE OR NOT NPM)
    message(FATAL_ERROR "${what} is bundled with node and npm, which are not here. Run: ./dev setup")
  endif()
  execute_process(COMMAND ${NODE} -p "process.versions.node.split('.')[0]" OUTPUT_VARIABLE node_major OUTPUT_STRIP_TRAILING_WHITESPACE)
  if(NOT node_major MATCHES "^[0-9]+$" OR node_major LESS 18)
    message(FATAL_ERROR "${NODE} is version \"${node_major}\"; ${what} needs 18 or later. Run: ./dev setup")
  endif()
  set(web ${PROJECT_SOURCE_DIR}/web/${folder})
  set(web_build ${CMAKE_CURRENT_BINARY_DIR}/web)
  file(GLOB web_sources CONFIGURE_DEPENDS ${web}/src/*)
  set(web_packages ${web}/package.json ${web}/package-lock.json)
  add_custom_command(OUTPUT ${web_build}/packages.stamp
    COMMAND ${CMAKE_COMMAND} -E make_directory ${web_build}
    COMMAND ${CMAKE_COMMAND} -E copy ${web_packages} ${web_build}
    COMMAND ${CMAKE_COMMAND} -E chdir ${web_build} ${NPM} ci --ignore-scripts --no-audit --no-fund --loglevel=error
    COMMAND ${CMAKE_COMMAND} -E touch ${web_build}/packages.stamp
    DEPENDS ${web_packages} COMMENT "Installing the packages of ${folder}" VERBATIM)
endmacro()
